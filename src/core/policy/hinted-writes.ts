import { type Pin, pinKind } from '../catalog/pin.ts';
import { writingHintOf } from '../catalog/writing-hint.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import type { DecisionTarget } from './decision.ts';
import type { ToolClassifier } from './classify.ts';

/** Names of tools, by upstream, of which the definitions that hosts see say that they change something. */
export type HintedWrites = ReadonlyMap<string, ReadonlySet<string>>;

export const NO_HINTS: HintedWrites = new Map();

export function hintedWrites(pins: readonly Pin[]): HintedWrites {
  const hinted = pins.filter(
    (pin) => pin.status === 'trusted' && pinKind(pin) === 'tool' && writingHintOf(pin.definition) !== null,
  );
  const byUpstream = Map.groupBy(hinted, ({ upstream }) => upstream);
  return new Map([...byUpstream].map(([upstream, tools]) => [upstream, new Set(tools.map(({ tool }) => tool))]));
}

/**
 * Whether a tool that the policy lists under `read` says of itself that it writes. Not where the policy gives a stricter class for some
 * arguments: what a definition says is about the worst that its tool does, and the policy knows which calls those are.
 */
export function isContradicted(
  { hinted }: Pick<CompiledPolicy, 'hinted'>,
  { kind, upstream, name }: DecisionTarget,
  { possible }: Pick<ToolClassifier, 'possible'>,
): boolean {
  return kind === 'tool' && hinted.get(upstream)?.has(name) === true && listsAsRead(possible);
}

export function listsAsRead(possible: ToolClassifier['possible']): boolean {
  return possible.includes('read') && !possible.some((each) => each === 'write' || each === 'never');
}
