import type { Json } from '../json/value.ts';

/** Something about a value that a schema does not allow. In words for whoever sent it; holds no value of theirs. */
export interface SchemaFault {
  /** `filter.owner`, `items[2].id`; empty for the value as a whole. */
  readonly place: string;
  readonly text: string;
}

/** Whether a value fits one part of a schema. What does not fit is noted in the run. */
export type Check = (value: Json, run: Run) => boolean;

/** One value on its way through a schema. */
export interface Run {
  readonly path: (string | number)[];
  readonly faults: SchemaFault[];
  /** Above zero where a value need not fit: one of several alternatives, a condition. */
  quiet: number;
  /** What is left to be looked at before the answer is "too much work". */
  stepsLeft: number;
  /** What is left to be tried of patterns before they are not looked at any more. */
  triesLeft: number;
  depth: number;
}

export const FAULTS_MAX = 8;

export function fail(run: Run, text: string, at?: string | number): false {
  if (run.quiet === 0 && run.faults.length < FAULTS_MAX) {
    run.faults.push({ place: placeOf(at === undefined ? run.path : [...run.path, at]), text });
  }
  return false;
}

/** Checks a part of the value that is looked at. */
export function checkAt(check: Check, value: Json, run: Run, at: string | number): boolean {
  run.path.push(at);
  const fits = check(value, run);
  run.path.pop();
  return fits;
}

/** Whether the value fits, without a word about why it does not. */
export function fitsQuietly(check: Check, value: Json, run: Run): boolean {
  run.quiet += 1;
  const fits = check(value, run);
  run.quiet -= 1;
  return fits;
}

function placeOf(path: readonly (string | number)[]): string {
  return path.reduce<string>((place, at) => {
    if (typeof at === 'number') return `${place}[${at}]`;
    return place === '' ? at : `${place}.${at}`;
  }, '');
}
