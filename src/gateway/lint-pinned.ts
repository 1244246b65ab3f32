import { type Pin, pinKind } from '../core/catalog/pin.ts';
import type { CompiledPolicy, PolicySource } from '../core/policy/compile-policy.ts';
import { lintConditions } from '../core/policy/lint/lint-conditions.ts';
import { lintTools } from '../core/policy/lint/lint-tools.ts';
import { type LintedTool, lintedTool } from '../core/policy/lint/linted-tool.ts';
import type { Problem } from '../core/problem.ts';

/** What the policy in force leaves open or gets wrong about the tools that hosts see now, by their pinned definitions. */
export function lintPinned(policy: CompiledPolicy, pins: readonly Pin[]): readonly Problem[] {
  return lintEach(policy, pins, lintTools);
}

/** The same of conditions alone, which decide otherwise than they read where they do not go with the definitions. */
export function lintPinnedConditions(policy: CompiledPolicy, pins: readonly Pin[]): readonly Problem[] {
  return lintEach(policy, pins, lintConditions);
}

function lintEach(
  { sources }: CompiledPolicy,
  pins: readonly Pin[],
  lint: (files: readonly PolicySource[], tools: readonly LintedTool[]) => readonly Problem[],
): readonly Problem[] {
  const trusted = pins.filter((pin) => pin.status === 'trusted' && pinKind(pin) === 'tool');
  return [...Map.groupBy(trusted, ({ upstream }) => upstream)].flatMap(([upstream, pinned]) =>
    lint(
      sources.filter(({ file }) => file.upstream === upstream),
      pinned.map(({ tool, definition }) => lintedTool(tool, definition)),
    ),
  );
}
