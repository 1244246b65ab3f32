import { readFile } from 'node:fs/promises';
import { Buffer } from 'node:buffer';
import {
  type DataClass,
  type Detector,
  PERSONAL_DATA_CLASSES,
  type PersonalDataClass,
} from '../core/content/detectors/detector.ts';
import { personalDataDetectors, SECRET_DETECTORS } from '../core/content/detectors/built-in.ts';
import { opaqueText, opaqueValue } from '../core/content/detectors/opaque-value.ts';
import { detect, type Span } from '../core/content/detect.ts';
import { detectInJson } from '../core/content/redact-json.ts';
import { redactText, redactionMarker } from '../core/content/redact-text.ts';
import { visibleJson, visibleText } from '../core/content/visible-text.ts';
import { err, ok, type Result } from '../core/result.ts';
import { paint } from './cli-context.ts';
import type { CommandOutcome } from './command-outcome.ts';
import type { CliFault } from './load-admin-target.ts';

export interface RedactOptions {
  /** `null` reads standard input. */
  readonly file: string | null;
  readonly stdin: AsyncIterable<Uint8Array | string>;
  /** `null` takes those that a check digit or a fixed form tells from other text. */
  readonly personalData: readonly PersonalDataClass[] | null;
  readonly json: boolean;
  readonly color: boolean;
}

/** One span of the `--json` form. Offsets count UTF-16 code units of the input. The value itself is never in it. */
interface ShownSpan {
  readonly start: number;
  readonly end: number;
  readonly detector: string;
  readonly class: DataClass;
}

/** What the detectors find in a text or a JSON document, and the text without it. A filter: what it finds is no failure of it. */
export async function redactFile(options: RedactOptions): Promise<Result<CommandOutcome, CliFault>> {
  const input = options.file === null ? ok(await readAll(options.stdin)) : await readNamed(options.file);
  return input.ok ? ok(redactInput(options, input.value.toString('utf8'))) : input;
}

async function readNamed(file: string): Promise<Result<Buffer, CliFault>> {
  try {
    return ok(await readFile(file));
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    return err({
      exitCode: 2,
      message: `${file} cannot be read (${code})`,
      help: 'Name a file, or give the text on standard input.',
    });
  }
}

function redactInput(options: RedactOptions, text: string): CommandOutcome {
  const spans = detectIn(text, options.personalData ?? TOLD_BY_FORM);
  const output = redactText(text, spans);
  if (!options.json)
    return { exitCode: 0, output: `${renderOutput(options, text, spans)}${summaryOf(options, spans)}` };
  const shown = spans.map(
    ({ start, end, detector, class: kind }): ShownSpan => ({ start, end, detector, class: kind }),
  );
  return { exitCode: 0, output: `${visibleJson({ spans: shown, output })}\n` };
}

/** E-mail addresses stand in nearly every text, and who looks for credentials does not mean them. */
const TOLD_BY_FORM = PERSONAL_DATA_CLASSES.filter((kind) => kind !== 'email');

/** What stands alone and looks random is shown to a person, who can tell a key from an identifier. In JSON most of it are identifiers. */
function detectIn(text: string, personalData: readonly PersonalDataClass[]): readonly Span[] {
  const detectors: readonly Detector[] = [...SECRET_DETECTORS, ...personalDataDetectors(new Set(personalData))];
  return isJson(text) ? detectInJson(text, [...detectors, opaqueText]) : detect(text, [...detectors, opaqueValue]);
}

function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

async function readAll(stream: AsyncIterable<Uint8Array | string>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

/** Line by line, with everything invisible written out: the text comes from anywhere. */
function renderOutput(options: RedactOptions, text: string, spans: readonly Span[]): string {
  let shown = '';
  let last = 0;
  for (const { start, end, detector } of spans) {
    shown += visibleLines(text.slice(last, start)) + paint(options, 'yellow', redactionMarker(detector));
    last = end;
  }
  shown += visibleLines(text.slice(last));
  return shown.endsWith('\n') ? shown : `${shown}\n`;
}

function visibleLines(text: string): string {
  return text.split('\n').map(visibleText).join('\n');
}

function summaryOf(options: RedactOptions, spans: readonly Span[]): string {
  const counts = new Map<string, number>();
  for (const { detector } of spans) counts.set(detector, (counts.get(detector) ?? 0) + 1);
  const parts = [...counts].map(([detector, count]) => `${count} ${detector}`);
  const line = parts.length === 0 ? 'nothing found' : `found: ${parts.join(', ')}`;
  return `${paint(options, 'dim', `-- ${line}`)}\n`;
}

/** A comma-separated list of classes, or `all`. `null` for a word that is no class. */
export function parsePersonalData(value: string): readonly PersonalDataClass[] | null {
  if (value === 'all') return PERSONAL_DATA_CLASSES;
  const classes = value.split(',').map((word) => PERSONAL_DATA_CLASSES.find((known) => known === word.trim()));
  return classes.some((known) => known === undefined) ? null : (classes as PersonalDataClass[]);
}
