import { foldName } from '../../json/fold-name.ts';
import type { FieldPath, ResultDuties } from './result-duties.ts';

/** Which fields of a JSON value are shown, prepared. */
export interface FieldPicker {
  /** `null`: all. */
  readonly keep: KeptFields | null;
  /** Whether a member is taken out, by the folded names of those around it and its own at the end. */
  readonly isDropped: (names: readonly string[]) => boolean;
  readonly dropsSome: boolean;
  /** Whether a text that is no JSON speaks of a field that is taken out. */
  readonly speaksOfDropped: (text: string) => boolean;
}

/** What is kept of each member: `null` is all of it. */
export type KeptFields = ReadonlyMap<string, KeptFields | null>;

/** `null` where no fields are picked. */
export function createFieldPicker({ keep, drop }: Pick<ResultDuties, 'keep' | 'drop'>): FieldPicker | null {
  if (keep === null && drop.length === 0) return null;
  const dropped = drop.map((path) => path.map(foldName));
  const lastNames = dropped.map((path) => path.at(-1) ?? '');
  return {
    keep: keep === null ? null : keptFields(keep),
    dropsSome: drop.length > 0,
    isDropped: (names) => dropped.some((path) => endsWith(names, path)),
    speaksOfDropped(text) {
      const folded = foldName(text.includes('\\') ? text.replaceAll(ESCAPE, unescaped) : text);
      return lastNames.some((name) => folded.includes(name));
    },
  };
}

/** Of a letter, in JSON that may stand within JSON. */
const ESCAPE = /\\+u([0-9A-Fa-f]{4})/g;

function unescaped(_: string, code: string): string {
  return String.fromCharCode(Number.parseInt(code, 16));
}

function endsWith(names: readonly string[], path: FieldPath): boolean {
  const start = names.length - path.length;
  return start >= 0 && path.every((name, index) => names[start + index] === name);
}

/** A path that is kept whole wins over one further into it. */
function keptFields(paths: readonly FieldPath[]): KeptFields {
  const fields = new Map<string, KeptFields | null>();
  for (const [name, deeper] of Map.groupBy(paths, ([first]) => first ?? '')) {
    const rest = deeper.map(([, ...inner]) => inner);
    fields.set(name, rest.some((path) => path.length === 0) ? null : keptFields(rest));
  }
  return fields;
}
