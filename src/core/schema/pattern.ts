import type { Run } from './check.ts';

/** Whether a text matches; `null`: that is not looked at. */
export type PatternCheck = (text: string, run: Run) => boolean | null;

/**
 * A pattern out of a schema; `null` for one of which it is not certain how long it can take, and those are not looked at: whoever
 * publishes the schema must not be able to hold up the gateway with it. Certain are patterns in which nothing that repeats stands within
 * something that repeats. Of those it is counted in how many ways a text can be tried: a part of any length multiplies them by the length
 * of the text, and so does a pattern that may begin anywhere; alternatives add up, and what follows them multiplies. What is beyond the
 * tries of a run is not looked at either.
 */
export function compilePattern(source: string): PatternCheck | null {
  const ways = source.length > SOURCE_CHARS_MAX ? null : countWays(source);
  if (ways === null) return null;
  const { power } = ways;
  const factor = ways.factor * (1 + (source.length >> 4));
  try {
    const pattern = new RegExp(source, 'u');
    return (text, run) => {
      const tries = factor * Math.max(1, text.length) ** power;
      if (tries > run.triesLeft) return null;
      run.triesLeft -= tries;
      return pattern.test(text);
    };
  } catch {
    return null;
  }
}

const SOURCE_CHARS_MAX = 512;

/** At most `factor` times the length of the text to the `power`. */
interface Ways {
  readonly factor: number;
  readonly power: number;
}

/** One unit of a pattern: an escape, a class, a group's bracket, any other character; and how often it may stand. */
const UNIT =
  /(?<unit>\\(?:[pPu](?:\{[^}]*\}|[0-9A-Fa-f]{4})|x[0-9A-Fa-f]{2}|[^1-9])|\[(?:\\.|[^\]\\])*\]|\((?:\?:|(?!\?))|[^\\[(*+?{])(?<times>[*+?]\??|\{[0-9]+(?:,[0-9]*)?\}\??)?/guy;
const ONE: Ways = { factor: 1, power: 0 };

/** `null`: it cannot be told. */
function countWays(source: string): Ways | null {
  const around: Group[] = [];
  let group = createGroup();
  let end = 0;
  for (const { 0: found, index, groups } of source.matchAll(UNIT)) {
    if (index !== end) return null;
    end += found.length;
    const unit = groups?.['unit'] ?? '';
    const times = groups?.['times'];
    if (unit.startsWith('(')) {
      around.push(group);
      group = createGroup();
      continue;
    }
    if (unit === '|') {
      group = { done: sum(group.done, group.open), open: ONE };
      continue;
    }
    let inner: Ways = ONE;
    if (unit === ')') {
      const outer = around.pop();
      if (outer === undefined || (times !== undefined && !times.startsWith('?'))) return null;
      inner = sum(group.done, group.open);
      group = outer;
    }
    group = { ...group, open: product(group.open, repeated(inner, times)) };
  }
  if (end !== source.length || around.length > 0) return null;
  const ways = sum(group.done, group.open);
  // Behind an alternative, the beginning is that of one of them only.
  const isAnchored = source.startsWith('^') && group.done.factor === 0;
  return isAnchored ? ways : { ...ways, power: ways.power + 1 };
}

interface Group {
  /** Of the alternatives before this one. */
  readonly done: Ways;
  readonly open: Ways;
}

const createGroup = (): Group => ({ done: { factor: 0, power: 0 }, open: ONE });

function sum(one: Ways, other: Ways): Ways {
  return { factor: one.factor + other.factor, power: Math.max(one.power, other.power) };
}

function product(one: Ways, other: Ways): Ways {
  return { factor: one.factor * other.factor, power: one.power + other.power };
}

function repeated(inner: Ways, times: string | undefined): Ways {
  if (times === undefined) return inner;
  if (times.startsWith('?')) return { ...inner, factor: inner.factor + 1 };
  const most = /^\{(?:[0-9]+,)?([0-9]+)\}/.exec(times)?.[1];
  return most === undefined
    ? { ...inner, power: inner.power + 1 }
    : { ...inner, factor: inner.factor * Math.max(1, Number(most)) };
}
