import type { Approval } from './approval.ts';

/** Where two requests differ that are not alike enough to be decided as one. */
export type ShapeDifference = 'tool' | 'definition' | 'rule' | 'policy' | 'environment' | 'arguments';

/**
 * `null`: whoever has understood one has understood the other, but for the values of its arguments. They are for the same tool and definition,
 * asked for by the same rule of the same policy, and their arguments have the same names and types all the way down.
 */
export function differenceInShape(one: Approval, other: Approval): ShapeDifference | null {
  const [a, b] = [one.binding, other.binding];
  if (a.upstream !== b.upstream || a.tool !== b.tool) return 'tool';
  if (a.definitionDigest !== b.definitionDigest) return 'definition';
  if (one.ruleId !== other.ruleId || one.reason !== other.reason) return 'rule';
  if (a.policyVersion !== b.policyVersion) return 'policy';
  if (a.environment !== b.environment) return 'environment';
  return shapeOf(one) === shapeOf(other) ? null : 'arguments';
}

function shapeOf({ argumentsShown }: Approval): string {
  return shape(JSON.parse(argumentsShown) as unknown);
}

/** Names are JSON texts, so that none can look like a part of the shape. Lists are alike when they hold the same kinds of things. */
function shape(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `[${[...new Set(value.map(shape))].toSorted().join()}]`;
  if (typeof value !== 'object') return typeof value;
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${shape(member)}`);
  return `{${members.toSorted().join()}}`;
}
