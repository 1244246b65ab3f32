import type { ASTNode } from '@marcbachmann/cel-js';
import { didYouMean } from '../../did-you-mean.ts';
import type { ConditionFault } from './condition.ts';
import { parseSegments } from './is-under.ts';
import { isTimeZone, LOCAL_TIME_PARTS } from './local-time.ts';

/** Take a variable and an expression, which is evaluated for each element. */
export const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'filter', 'map']);

const FUNCTIONS: readonly string[] = ['has', 'size', 'string', 'int', 'double', 'bool', 'timestamp', 'duration'];
const METHODS: readonly string[] = [
  ...LOOPS,
  ...LOCAL_TIME_PARTS,
  'size',
  'startsWith',
  'endsWith',
  'contains',
  'indexOf',
  'lastIndexOf',
  'substring',
  'lowerAscii',
  'upperAscii',
  'trim',
  'isUnder',
  'isLike',
];

/**
 * What is wrong with a call, as far as types have no say in it. The list is closed: what the library has beside it is not in the
 * language, because some of it takes a time or a space that the caller chooses.
 */
export function findCallFault(name: string, receiver: ASTNode | null, args: readonly ASTNode[]): ConditionFault | null {
  if (name === 'matches') {
    const message = 'uses `matches`: a regular expression can take any time for an input that somebody makes up';
    return { message, help: 'use isLike("feature/*"), startsWith, endsWith, contains, isUnder or `in [...]`' };
  }
  const known = receiver === null ? FUNCTIONS : METHODS;
  if (!known.includes(name)) {
    const meant = didYouMean(name, known);
    const help = meant === null ? `known here: ${known.join(', ')}` : `did you mean ${meant}?`;
    return { message: `calls a function \`${name}\` that there is not`, help };
  }
  const [first] = args;
  if (receiver === null || first === undefined) return null;
  return findLiteralFault(name, first);
}

function findLiteralFault(name: string, { op, args }: ASTNode): ConditionFault | null {
  const text = op === 'value' && typeof args === 'string' ? args : null;
  const isTime = (LOCAL_TIME_PARTS as readonly string[]).includes(name);
  if (isTime && (text === null || !isTimeZone(text))) {
    return { message: `${name} must name a time zone`, help: 'a literal such as "Europe/Madrid", or nothing for UTC' };
  }
  if (name === 'isLike' && text === null) {
    return { message: 'isLike takes a pattern that the policy holds', help: 'a literal such as "feature/*"' };
  }
  if (name === 'isUnder' && (text === null || parseSegments(text) === null)) {
    return { message: 'isUnder takes a plain directory', help: 'a literal such as "/srv/files", without `..`' };
  }
  return null;
}
