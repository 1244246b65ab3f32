import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../json/value.ts';
import type { CelFacts } from './environment.ts';

/** A value that an expression names: `args.filter.owner` is `['filter', 'owner']`. */
export type ArgumentPath = readonly (string | number)[];

export interface ExpressionCost {
  /** Nodes of the expression: each is visited at most once, or once for each element that it loops over. */
  readonly steps: number;
  /** How deep loops over lists stand in each other. */
  readonly loops: number;
}

/** Visits of expression nodes in one evaluation, some 10 ms of them in the worst case. */
const VISITS_MAX = 100_000;
const TEXT_CHARS_MAX = 256 * 1024;
/** The library keeps a type for every shape that it ever compared, so shapes must be few whatever callers send. */
const DEPTH_MAX = 4;

/**
 * Whether what the expression looks at is small enough to be looked at in a bounded time. Only the values that it names count: a file
 * of a megabyte in `content` does not matter to a condition on `path`.
 */
export function isWithinInput(
  { args, principal }: Pick<CelFacts, 'args' | 'principal'>,
  paths: readonly ArgumentPath[],
  cost: ExpressionCost,
): boolean {
  const seen: Measure = { nodes: 0, chars: 0 };
  if (!paths.every((path) => measure(valueAt(args, path), seen, 0))) return false;
  if (cost.loops === 0) return true;
  const longest = Math.max(seen.nodes, principal.groups.length, principal.scopes.length);
  return cost.steps * longest ** cost.loops <= VISITS_MAX;
}

interface Measure {
  nodes: number;
  chars: number;
}

/** `false`: too large. */
function measure(value: Json | undefined, seen: Measure, depth: number): boolean {
  seen.nodes += 1;
  if (typeof value === 'string') seen.chars += value.length;
  else if (isJsonArray(value)) {
    if (depth >= DEPTH_MAX || seen.nodes + value.length > VISITS_MAX) return false;
    for (const item of value) if (!measure(item, seen, depth + 1)) return false;
  } else if (isJsonObject(value)) {
    if (depth >= DEPTH_MAX) return false;
    for (const [name, item] of Object.entries(value)) {
      seen.chars += name.length;
      if (!measure(item, seen, depth + 1)) return false;
    }
  }
  return seen.chars <= TEXT_CHARS_MAX && seen.nodes <= VISITS_MAX;
}

function valueAt(args: JsonObject, path: ArgumentPath): Json | undefined {
  let value: Json | undefined = args;
  for (const step of path) {
    if (isJsonArray(value) && typeof step === 'number') value = value[step];
    else if (isJsonObject(value) && typeof step === 'string' && Object.hasOwn(value, step)) value = value[step];
    else return undefined;
  }
  return value;
}
