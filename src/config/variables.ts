import type { Problem } from '../core/problem.ts';
import type { YamlFile, YamlPath } from './read-yaml.ts';
import { subjectOf } from './schema-problems.ts';

/** Where the values of `${env:X}` and `${file:X}` come from. `null`: there is none. */
export interface VariableSources {
  readonly env: (name: string) => string | null;
  readonly file: (path: string) => string | null;
}

export interface Substituted {
  readonly value: unknown;
  readonly problems: readonly Problem[];
}

/**
 * Fills in `${env:X}` and `${file:X}` in values. What is filled in is taken as it is: a `${` in it has no meaning any more, and it
 * stays a text whatever it looks like. Keys take no variables.
 */
export function substituteVariables(file: YamlFile, sources: VariableSources): Substituted {
  const problems: Problem[] = [];
  const value = mapTexts(file.value, [], (text, path) => {
    return text.replace(VARIABLE, (written: string, kind: string | undefined, name: string | undefined) => {
      const found = kind === undefined || name === undefined ? UNKNOWN_KIND : lookUp(sources, kind, name, path);
      if (typeof found === 'string') return found;
      problems.push({ severity: 'error', place: file.placeOf(path), subject: subjectOf(path), got: written, ...found });
      return '';
    });
  });
  return { value, problems };
}

/** For files that must mean the same wherever they are read: policies and their tests. */
export function refuseVariables(file: YamlFile): readonly Problem[] {
  const problems: Problem[] = [];
  mapTexts(file.value, [], (text, path) => {
    for (const [written] of text.matchAll(KNOWN_VARIABLE)) {
      const help = 'write the value itself: what a policy says must be seen in the policy';
      const place = file.placeOf(path);
      problems.push({
        severity: 'error',
        place,
        subject: subjectOf(path),
        message: 'takes no variables',
        got: written,
        help,
      });
    }
    return text;
  });
  return problems;
}

const VARIABLE = /\$\{(?:(env|file):([^${}]+)\}|[^}]*\}?)/g;
const KNOWN_VARIABLE = /\$\{(?:env|file):[^}]*\}?/g;

interface Fault {
  readonly message: string;
  readonly help: string;
}

const UNKNOWN_KIND: Fault = {
  message: 'holds a variable of no known form',
  help: 'there are ${env:NAME} and ${file:PATH}, and nothing else',
};

function lookUp(sources: VariableSources, kind: string, name: string, path: YamlPath): string | Fault {
  // Every user of the machine can read the arguments of a process.
  if (path.some((step) => step === 'args' || step === 'command')) {
    return {
      message: 'takes no variables',
      help: 'give secrets to the process through `env`: its arguments can be seen by others',
    };
  }
  const value = kind === 'env' ? sources.env(name) : sources.file(name);
  // Empty is missing: an empty credential is no credential, and an empty name would match in surprising ways.
  if (value !== null && value !== '') return value;
  return kind === 'env'
    ? { message: 'names an environment variable that is not set', help: `set ${name} before the start` }
    : { message: 'names a file that is empty or cannot be read', help: 'paths count from the directory of this file' };
}

function mapTexts(value: unknown, path: YamlPath, map: (text: string, path: YamlPath) => string): unknown {
  if (typeof value === 'string') return map(value, path);
  if (Array.isArray(value)) return value.map((item, index) => mapTexts(item, [...path, index], map));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapTexts(inner, [...path, key], map)]));
}
