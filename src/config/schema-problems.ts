import type { z } from 'zod';
import type { Problem } from '../core/problem.ts';
import { assertNever, err, ok, type Result } from '../core/result.ts';
import { didYouMean } from '../core/did-you-mean.ts';
import type { YamlFile, YamlPath } from './read-yaml.ts';
import type { FileSchema } from './file-schema.ts';
import { keysAt, lookUp } from './schema-lookup.ts';

/** `value` is what the file holds, or what became of it when variables were filled in. Finds every problem at once. */
export function checkBySchema<T>(file: YamlFile, value: unknown, by: FileSchema<T>): Result<T, readonly Problem[]> {
  const parsed = by.schema.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  return err(parsed.error.issues.flatMap((issue) => describeIssue({ file, value, by }, issue, pathOf(issue))));
}

/** `rules[2].effect` */
export function subjectOf(path: YamlPath): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  return text === '' ? 'file' : text.replace(/^\./, '');
}

interface Context {
  readonly file: YamlFile;
  readonly value: unknown;
  readonly by: FileSchema<unknown>;
}

type Issue = z.core.$ZodIssue;

function describeIssue(context: Context, issue: Issue, path: YamlPath): Problem[] {
  const { file, by } = context;
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => describeKey(context, path, key));
  if (issue.code === 'invalid_union') return describeUnion(context, issue, path);
  const isKey = issue.code === 'invalid_key';
  if (!isKey && valueAt(context.value, path) === undefined) return [missing(context, issue, path)];
  return [
    {
      severity: 'error',
      place: isKey ? file.keyPlaceOf(path) : placeOf(file, issue, path),
      subject: subjectOf(path),
      message: messageOf(issue),
      got: isKey ? String(path.at(-1)) : showWritten(file, path),
      help: helpOf(issue) ?? lookUp(by.jsonSchema, path)?.description ?? null,
    },
  ];
}

function describeKey({ file, by }: Context, path: YamlPath, key: string): Problem {
  const keyPath = [...path, key];
  const known = keysAt(by.jsonSchema, path);
  const meant = didYouMean(key, known);
  const isNotYet = [...by.notYet].some((pattern) => isMatch(pattern.split('.'), keyPath));
  return {
    severity: 'error',
    place: file.keyPlaceOf(keyPath),
    subject: subjectOf(keyPath),
    message: isNotYet ? 'is not in this version, which does not enforce it yet' : 'is no key that is known here',
    got: key,
    help: isNotYet
      ? 'remove it; it is refused because to ignore it would be to promise what is not kept'
      : meant === null
        ? `known here: ${known.join(', ')}`
        : `did you mean ${meant}?`,
  };
}

function isMatch(pattern: readonly string[], path: YamlPath): boolean {
  return pattern.length === path.length && pattern.every((step, index) => step === '*' || step === path[index]);
}

/** Only one of the alternatives was meant: the one whose outer form fits. */
function describeUnion(context: Context, issue: z.core.$ZodIssueInvalidUnion, path: YamlPath): Problem[] {
  const meant = issue.errors.filter(
    (issues) => !issues.some((each) => each.path.length === 0 && each.code === 'invalid_type'),
  );
  const [only] = meant;
  if (only !== undefined && meant.length === 1) {
    return only.flatMap((each) => describeIssue(context, each, [...path, ...pathOf(each)]));
  }
  if (valueAt(context.value, path) === undefined) return [missing(context, issue, path)];
  return [
    {
      severity: 'error',
      place: context.file.placeOf(path),
      subject: subjectOf(path),
      message: 'has none of the forms that are known here',
      got: showWritten(context.file, path),
      help: lookUp(context.by.jsonSchema, path)?.description ?? null,
    },
  ];
}

function missing({ file, by }: Context, issue: Issue, path: YamlPath): Problem {
  return {
    severity: 'error',
    place: file.placeOf(path),
    subject: subjectOf(path),
    message: issue.code === 'custom' ? issue.message : 'is missing',
    got: null,
    help: helpOf(issue) ?? lookUp(by.jsonSchema, path)?.description ?? null,
  };
}

function messageOf(issue: Issue): string {
  if (!LIBRARY_MESSAGE.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${FORMS.get(issue.expected) ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${issue.values.map(String).join(' or ')}`;
    case 'too_small':
      return `must be at least ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `must be at most ${issue.maximum}${unitOf(issue.origin)}`;
    case 'invalid_key':
      return issue.issues.map((each) => each.message).join('; ');
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_union':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return issue.message;
    default:
      return assertNever(issue);
  }
}

/** How messages begin that no schema of ours worded. */
const LIBRARY_MESSAGE = /^(?:Invalid|Too )/;

const FORMS = new Map<string, string>([
  ['string', 'a text'],
  ['number', 'a number'],
  ['int', 'a whole number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['object', 'a group of keys'],
  ['record', 'a group of keys'],
]);

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' entries' : '';
}

/** A text can be wrong at one of its characters. */
function placeOf(file: YamlFile, issue: Issue, path: YamlPath): string {
  const start: unknown = issue.code === 'custom' ? issue.params?.['start'] : null;
  return typeof start === 'number' ? file.placeInside(path, start) : file.placeOf(path);
}

function helpOf(issue: Issue): string | null {
  const help: unknown = issue.code === 'custom' ? issue.params?.['help'] : null;
  return typeof help === 'string' ? help : null;
}

/**
 * What stands there, for a message: never a credential, which would reach a terminal or a log that way. Variables are shown as they
 * were written, so what they hold is not at stake.
 */
export function showWritten(file: YamlFile, path: YamlPath): string | null {
  const written = file.writtenAt(path);
  if (written === null || path.some((step) => SECRET_SECTIONS.has(step)) || HOLDS_SECRETS.test(written)) return null;
  return written.replace(/\/\/\S*@/, '//…@');
}

const SECRET_SECTIONS: ReadonlySet<string | number> = new Set(['credentials', 'env']);
/** A whole section that has such a section inside. `${env:X}` is none. */
const HOLDS_SECRETS = /(?:credentials|env)["']?\s*:(?![A-Za-z_])/;

function pathOf(issue: Issue): YamlPath {
  return issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
}

function valueAt(value: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>((inner, step) => {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, step)) return undefined;
    return (inner as Record<string | number, unknown>)[step];
  }, value);
}
