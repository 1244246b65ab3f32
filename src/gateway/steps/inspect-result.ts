import { detect } from '../../core/content/detect.ts';
import type { Detector } from '../../core/content/detectors/detector.ts';
import { maskKnownSecrets, maskText } from '../../core/content/mask-secrets.ts';
import { redactArguments, redactKnownSecrets } from '../../core/content/redact-arguments.ts';
import {
  createJsonDetection,
  type JsonDetection,
  type RedactedJson,
  redactJson,
} from '../../core/content/redact-json.ts';
import { redactText } from '../../core/content/redact-text.ts';
import { fitResult } from '../../core/content/shape/fit-result.ts';
import { type PreparedDuties, prepareDuties } from '../../core/content/shape/prepare-duties.ts';
import type { ResultDuties } from '../../core/content/shape/result-duties.ts';
import { bytesOf, encodePart, partText } from '../../core/content/shape/result-parts.ts';
import { shapeResult } from '../../core/content/shape/shape-result.ts';
import type { JsonObject } from '../../core/json/value.ts';
import type { Soon } from '../../core/soon.ts';
import type { UpstreamProgress, UpstreamResult } from '../../ports/upstream.ts';
import type { CallDeps } from '../deps.ts';
import { withoutMisfit } from './check-output.ts';

/** A result as the host may see it. */
export interface InspectedResult {
  readonly result: UpstreamResult;
  /** What was done to it, for the log: `redacted: 2 token, 1 jwt`. `null` where nothing was. Holds nothing of the result. */
  readonly note: string | null;
}

/** What the policy asks for, and what is told of the call where the result is marked. */
export interface InspectedCall {
  readonly duties: ResultDuties | null;
  /** What the tool promises of its structured content; `null`: nothing. */
  readonly outputSchema: JsonObject | null;
  readonly upstream: string;
  readonly callId: string;
}

type InspectDeps = Pick<CallDeps, 'knownSecrets' | 'resultDetectors'>;

/**
 * Makes of a result what the host may see: first the fields that the policy shows, then no credentials (those that the gateway holds,
 * wherever they stand, and what the detectors find in any string of it, at any depth and in any field) and no data of the classes that the
 * policy names, and last no more of it than the policy allows. What is recorded is recorded of the outcome.
 */
export function inspectResult(deps: InspectDeps, result: UpstreamResult, call: InspectedCall): Soon<InspectedResult> {
  const masked = maskKnownSecrets(result.json, deps.knownSecrets);
  if (call.duties !== null) return inspectWithDuties(deps, result, masked, { ...call, duties: call.duties });
  const inspect = ({ json, spans }: RedactedJson): InspectedResult => {
    const isChanged = json.some((piece, index) => piece !== result.json[index]);
    if (!isChanged && spans.length === 0) return { result, note: null };
    return withOutput(result, json, isChanged ? call.outputSchema : null, [redactionNote(spans)]);
  };
  const shown = redacted(masked, deps.resultDetectors);
  return shown instanceof Promise ? shown.then(inspect) : inspect(shown);
}

async function inspectWithDuties(
  deps: InspectDeps,
  result: UpstreamResult,
  masked: readonly Uint8Array[],
  { duties, outputSchema, upstream, callId }: InspectedCall & { readonly duties: ResultDuties },
): Promise<InspectedResult> {
  const prepared = prepareDuties(duties);
  const shaped = await shape(masked, prepared);
  const { json, spans } = await redacted(shaped.json, detectorsFor(deps, prepared));
  const untrusted = duties.untrusted ? { source: upstream, mark: callId } : null;
  const fitted = fitResult(json, { bytesMax: duties.bytesMax, untrusted });
  return withOutput(result, fitted.json, outputSchema, [
    shaped.withheld > 0 ? `withheld: ${shaped.withheld}` : null,
    redactionNote(spans),
    fitted.isCut ? `cut: ${bytesOf(json)} bytes` : null,
  ]);
}

/** `outputSchema` is `null` where nothing was changed. */
function withOutput(
  result: UpstreamResult,
  json: readonly Uint8Array[],
  outputSchema: JsonObject | null,
  notes: readonly (string | null)[],
): InspectedResult {
  const fitting = outputSchema === null ? null : withoutMisfit(json, outputSchema);
  const said = [...notes, fitting === null ? null : MISFIT].filter((note) => note !== null);
  const shown = fitting ?? json;
  return {
    result: { ...result, json: shown, jsonBytes: bytesOf(shown) },
    note: said.length === 0 ? null : said.join('; '),
  };
}

const MISFIT = 'structured content replaced: no longer as promised';

/** Where only some fields may be shown, words about progress are none of them. */
export function inspectProgress(
  deps: InspectDeps,
  progress: UpstreamProgress,
  duties: ResultDuties | null,
): UpstreamProgress {
  const { message } = progress;
  return message === null ? progress : { ...progress, message: inspectText(deps, message, duties) };
}

const NO_DUTIES: PreparedDuties = { picker: null, detectors: [] };

/** `null`: nothing of it may be shown. */
export function inspectText(
  { knownSecrets, resultDetectors }: InspectDeps,
  text: string,
  duties: ResultDuties | null,
): string | null {
  const { picker, detectors: more } = duties === null ? NO_DUTIES : prepareDuties(duties);
  if (picker !== null && (picker.keep !== null || picker.speaksOfDropped(text))) return null;
  const shown = maskText(redactKnownSecrets(text, knownSecrets), knownSecrets);
  const detectors = detectorsFor({ resultDetectors }, { detectors: more });
  return redactText(shown, detect(shown, detectors));
}

/** Words of an upstream that come in another way than by a result: none of its credentials, and none that the detectors find. */
export function inspectJson(deps: InspectDeps, value: JsonObject, duties: ResultDuties | null): JsonObject {
  const detectors = detectorsFor(deps, duties === null ? NO_DUTIES : prepareDuties(duties));
  const shown = redactArguments(value, deps.knownSecrets);
  const encoded = [encodePart(shown)];
  const masked = maskKnownSecrets(encoded, deps.knownSecrets);
  const { json } = redactJson(masked, detectors);
  return json[0] === encoded[0] ? shown : (JSON.parse(json.map(partText).join('')) as JsonObject);
}

export function detectorsFor(
  { resultDetectors }: Pick<InspectDeps, 'resultDetectors'>,
  { detectors }: Pick<PreparedDuties, 'detectors'>,
): readonly Detector[] {
  return detectors.length === 0 ? resultDetectors : [...new Set([...resultDetectors, ...detectors])];
}

/** A long result lets other calls come in between. */
function redacted(json: readonly Uint8Array[], detectors: readonly Detector[]): Soon<RedactedJson> {
  if (detectors.length === 0) return { json, jsonBytes: bytesOf(json), spans: [] };
  const detection = createJsonDetection(json, detectors);
  return detection.step() ? detection.finish() : finishInTurns(detection);
}

async function finishInTurns(detection: JsonDetection): Promise<RedactedJson> {
  do await nextTurn();
  while (!detection.step());
  return detection.finish();
}

async function shape(json: readonly Uint8Array[], { picker }: PreparedDuties) {
  if (picker === null) return { json, withheld: 0 };
  const shaping = shapeResult(json, picker);
  for (;;) {
    const { done, value } = shaping.next();
    if (done === true) return value;
    await nextTurn();
  }
}

/** Those that wait go on one by one: many large results at once would make each turn as long as a step of all of them. */
const lane = { turn: Promise.resolve() };

function nextTurn(): Promise<void> {
  lane.turn = lane.turn.then(() => new Promise((resolve) => void setImmediate(resolve)));
  return lane.turn;
}

function redactionNote(spans: RedactedJson['spans']): string | null {
  if (spans.length === 0) return null;
  const counts = new Map<string, number>();
  for (const { detector } of spans) counts.set(detector, (counts.get(detector) ?? 0) + 1);
  return `redacted: ${[...counts].map(([name, count]) => `${count} ${name}`).join(', ')}`;
}
