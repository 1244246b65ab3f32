import { plainLetters } from '../content/plain-text.ts';
import { visibleText } from '../content/visible-text.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../json/value.ts';
import { parseParameterHeaders } from '../mcp/parameter-headers.ts';
import { readDialect } from '../schema/dialect.ts';
import { finishSteps, type Steps } from '../steps.ts';
import type { PoisonSign } from './poison-sign.ts';
import type { Subject } from './read-kinds.ts';
import { spoken, subjectAt, subjectOf } from './subject.ts';
import { scanTextInSteps, TEXT_CHARS_MAX, type TextFinding } from './scan-text.ts';
import { type ListForm, LISTS } from './listed.ts';

export type ToolSign =
  | PoisonSign
  | 'invalid-name'
  | 'duplicate-name'
  | 'confusable-name'
  | 'foreign-tool'
  | 'invalid-schema'
  | 'invalid-header'
  | 'remote-reference'
  | 'too-long'
  | 'hint-contradicts-name';

export interface ToolFinding {
  readonly sign: ToolSign;
  /** Where in the definition, as a JSON Pointer (RFC 6901): `/inputSchema/properties/path/description`. */
  readonly place: string;
  /** One line, with everything invisible written out. */
  readonly detail: string;
}

export interface ScannedTool {
  /** As the definition says it, or `''` where it says none. */
  readonly name: string;
  readonly findings: readonly ToolFinding[];
}

export interface ScanOptions {
  /** What the list is of: tools, unless something else is said. */
  readonly form?: ListForm;
  /** Names of tools of other upstreams, which an honest definition does not mention. */
  readonly foreignTools?: ReadonlySet<string>;
}

/**
 * What is suspicious in the definitions that one upstream lists: every string of each, at every depth, names of members among them, and
 * what the names are next to each other.
 */
export function scanTools(definitions: readonly Json[], options: ScanOptions = {}): readonly ScannedTool[] {
  return finishSteps(scanToolsInSteps(definitions, options));
}

/** The same, with pauses for others: the first list of a large upstream has thousands of strings. */
export function* scanToolsInSteps(
  definitions: readonly Json[],
  { form = LISTS.tools, foreignTools = new Set() }: ScanOptions = {},
): Steps<readonly ScannedTool[]> {
  const { named, isName } = form;
  const names = definitions.map((definition) => nameOf(definition, named));
  const own = new Set(names);
  const others = new Set([...foreignTools].filter((foreign) => !own.has(foreign)));
  const scan = createTextScan();
  const bySkeleton = new Map<string, Set<string>>();
  const counts = new Map<string, number>();
  for (const name of names) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
    const skeleton = skeletonOf(name);
    bySkeleton.set(skeleton, (bySkeleton.get(skeleton) ?? new Set()).add(name));
  }
  const scanned: ScannedTool[] = [];
  for (const [index, definition] of definitions.entries()) {
    const name = names[index] ?? '';
    const findings: ToolFinding[] = [];
    const add: Add = (sign, place, detail) => {
      if (findings.length < FINDINGS_MAX) findings.push({ sign, place, detail: visibleText(detail) });
    };
    if (!isName(name)) add('invalid-name', `/${named}`, `not a name that can be governed: ${name.slice(0, 140)}`);
    if ((counts.get(name) ?? 0) > 1) add('duplicate-name', `/${named}`, 'listed more than once');
    const alike = [...(bySkeleton.get(skeletonOf(name)) ?? [])].filter((other) => other !== name);
    if (alike.length > 0) add('confusable-name', `/${named}`, `reads like ${alike.slice(0, 3).join(', ')}`);
    if (isJsonObject(definition))
      yield* scanDefinition(definition, { name, named, foreignTools: others, own, scan }, add);
    else add('invalid-schema', '', 'not an object');
    scanned.push({ name, findings });
    yield;
  }
  return scanned;
}

type Add = (sign: ToolSign, place: string, detail: string) => void;

/** More say nothing new. */
const FINDINGS_MAX = 50;
const FOREIGN_NAME_CHARS_MIN = 5;

function nameOf(definition: Json, named: string): string {
  const name = isJsonObject(definition) ? definition[named] : undefined;
  return typeof name === 'string' ? name : '';
}

/** What a hasty reader sees: `Send_EmaiI` and `send-email` are alike. */
function skeletonOf(name: string): string {
  const plain = plainLetters(name)
    .normalize('NFKD')
    .replace(/[\p{M}\p{Default_Ignorable_Code_Point}]/gu, '')
    .replaceAll('I', 'l');
  return plain.toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l').replaceAll('rn', 'm');
}

interface Named {
  readonly name: string;
  readonly named: string;
  readonly foreignTools: ReadonlySet<string>;
  readonly own: ReadonlySet<string>;
  readonly scan: TextScan;
}

type TextScan = (text: string, subject: Subject) => Steps<readonly TextFinding[]>;

/** Definitions say the same words over and over: `type`, `string`, the description of an argument that every tool has. */
function createTextScan(): TextScan {
  const known = new Map<string, readonly TextFinding[]>();
  return function* scan(text, subject) {
    if (text.length > REMEMBERED_CHARS_MAX) return yield* scanTextInSteps(text, subject);
    const key = rememberedAs(text, subject);
    const findings = known.get(key) ?? (yield* scanTextInSteps(text, subject));
    known.set(key, findings);
    return findings;
  };
}

const REMEMBERED_CHARS_MAX = 500;

/** One text can be a sign in one tool and none in another: it depends on the names that it has in common with the tool. */
function rememberedAs(
  text: string,
  { words, argumentNames, argumentWords, isArgument, isArgumentName }: Subject,
): string {
  const plain = text.toLowerCase();
  const common = [words, argumentNames, argumentWords].map((names) =>
    [...names].filter((name) => plain.includes(name)).join(),
  );
  return [isArgument, isArgumentName, ...common, text].join('\n');
}

function* scanDefinition(
  definition: JsonObject,
  { name, named, foreignTools, own, scan }: Named,
  add: Add,
): Steps<void> {
  for (const member of ['inputSchema', 'outputSchema'] as const) {
    const schema = definition[member];
    if (schema === undefined) continue;
    const dialect = readDialect(schema);
    if (!dialect.ok) add('invalid-schema', `/${member}/$schema`, dialect.error);
    if (!isJsonObject(schema)) add('invalid-schema', `/${member}`, 'not an object');
    else if (schema['type'] !== undefined && schema['type'] !== 'object') {
      add('invalid-schema', `/${member}/type`, `must be "object", not ${JSON.stringify(schema['type']).slice(0, 60)}`);
    }
  }
  const headers = parseParameterHeaders(definition['inputSchema']);
  if (!headers.ok) add('invalid-header', '/inputSchema', headers.error);
  const annotations = definition['annotations'];
  if (
    isJsonObject(annotations) &&
    annotations['readOnlyHint'] === true &&
    /(?:^|_)(?:delete|drop|destroy|purge|wipe)(?:_|$)/i.test(name)
  ) {
    add('hint-contradicts-name', '/annotations/readOnlyHint', 'says that it only reads');
  }
  const subject = subjectOf(definition, name, own);
  for (const [text, place] of stringsIn(definition, '')) {
    // The name has its own checks, and `$schema` and its kin are addresses of specifications.
    if (place === `/${named}`) continue;
    const context = subjectAt(place, subject);
    if (text.length > TEXT_CHARS_MAX) add('too-long', place, `${text.length} characters`);
    if (/\/\$(?:ref|dynamicRef)$/.test(place) && !text.startsWith('#') && !text.startsWith('$'))
      add('remote-reference', place, text.slice(0, 120));
    for (const { sign, quote } of yield* scan(context.isArgumentName ? spoken(text) : text, context))
      add(sign, place, quote);
    for (const foreign of foreignIn(text, foreignTools)) add('foreign-tool', place, `speaks of ${foreign}`);
  }
}

function foreignIn(text: string, foreignTools: ReadonlySet<string>): readonly string[] {
  if (foreignTools.size === 0) return [];
  const words = new Set(text.slice(0, TEXT_CHARS_MAX).match(/[A-Za-z0-9_-]+/g));
  // Names that are plain words are in honest texts as well.
  return [...words].filter(
    (word) => word.length >= FOREIGN_NAME_CHARS_MIN && /[_-]|[a-z][A-Z]/.test(word) && foreignTools.has(word),
  );
}

/** Each string and each name of a member, with its place. The depth is bounded by whoever read the JSON. */
function* stringsIn(value: Json, place: string): Generator<readonly [string, string]> {
  if (typeof value === 'string') yield [value, place];
  else if (isJsonArray(value)) for (const [index, item] of value.entries()) yield* stringsIn(item, `${place}/${index}`);
  else if (isJsonObject(value)) {
    for (const [key, member] of Object.entries(value)) {
      const inner = `${place}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      yield [key, inner];
      yield* stringsIn(member, inner);
    }
  }
}
