import type { CompiledPolicy } from '../core/policy/compile-policy.ts';
import { type HintedWrites, hintedWrites } from '../core/policy/hinted-writes.ts';
import type { Pins } from './pins.ts';

/** The policy in force, together with what the definitions that hosts see now say against their own tools. */
export function createHintedPolicy(
  current: () => CompiledPolicy,
  pins: Pick<Pins, 'list' | 'onPinned'>,
): () => CompiledPolicy {
  let hinted = hintedWrites(pins.list());
  let text = textOf(hinted);
  let known: { readonly base: CompiledPolicy; readonly policy: CompiledPolicy } | null = null;
  pins.onPinned(() => {
    const now = hintedWrites(pins.list());
    const nowText = textOf(now);
    // Most that is pinned changes nothing here, and another policy means that every list is made anew.
    if (nowText === text) return;
    hinted = now;
    text = nowText;
    known = null;
  });
  return () => {
    const base = current();
    if (known?.base !== base) known = { base, policy: { ...base, hinted } };
    return known.policy;
  };
}

function textOf(hinted: HintedWrites): string {
  const names = [...hinted].flatMap(([upstream, tools]) => [...tools].map((tool) => JSON.stringify([upstream, tool])));
  return names.toSorted().join();
}
