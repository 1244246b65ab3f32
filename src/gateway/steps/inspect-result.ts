import type { Detector } from '../../core/content/detectors/detector.ts';
import { createJsonDetection } from '../../core/content/redact-json.ts';
import { detect } from '../../core/content/detect.ts';
import { maskKnownSecrets } from '../../core/content/mask-secrets.ts';
import { redactKnownSecrets } from '../../core/content/redact-arguments.ts';
import { redactText } from '../../core/content/redact-text.ts';
import type { UpstreamProgress, UpstreamResult } from '../../ports/upstream.ts';
import type { CallDeps } from '../deps.ts';

/** A result as the host may see it. */
export interface InspectedResult {
  readonly result: UpstreamResult;
  /** What was taken out, for the log: `redacted: 2 token, 1 jwt`. `null` where nothing was. Holds nothing of the result. */
  readonly note: string | null;
}

type InspectDeps = Pick<CallDeps, 'knownSecrets' | 'resultDetectors'>;

/** So much is looked at in one go. A longer result lets other calls come in between. */
const STEP_CHARS = 64 * 1024;

/**
 * Takes credentials out of a result before anybody sees it: those that the gateway holds, wherever they stand, and what the detectors
 * find in any string of it, at any depth and in any field. What is recorded is recorded of the outcome.
 */
export async function inspectResult(deps: InspectDeps, result: UpstreamResult): Promise<InspectedResult> {
  const masked = maskKnownSecrets(result.json, deps.knownSecrets);
  if (deps.resultDetectors.length === 0) return { result: { ...result, json: masked }, note: null };
  const detection = createJsonDetection(masked, deps.resultDetectors);
  while (!detection.step(STEP_CHARS)) await nextTurn();
  const { json, jsonBytes, spans } = detection.finish();
  const note = spans.length === 0 ? null : `redacted: ${countsOf(spans.map(({ detector }) => detector))}`;
  return { result: { ...result, json, jsonBytes }, note };
}

export function inspectProgress(deps: InspectDeps, progress: UpstreamProgress): UpstreamProgress {
  const { message } = progress;
  return message === null ? progress : { ...progress, message: inspectText(deps, message) };
}

export function inspectText({ knownSecrets, resultDetectors }: InspectDeps, text: string): string {
  const shown = redactKnownSecrets(text, knownSecrets);
  return redactText(shown, detect(shown, resultDetectors satisfies readonly Detector[]));
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function countsOf(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${count} ${name}`).join(', ');
}
