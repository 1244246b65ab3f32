import type { Problem } from '../core/problem.ts';
import type { OperatorReport } from './deps.ts';
import { lintPinnedConditions } from './lint-pinned.ts';
import type { Pins } from './pins.ts';
import type { PolicyInForce } from './policy-in-force.ts';

export interface CheckedConditions {
  readonly policies: Pick<PolicyInForce, 'current' | 'onReplaced'>;
  readonly pins: Pick<Pins, 'list' | 'onPinned'>;
  readonly report: (problem: OperatorReport) => void;
}

/**
 * Holds the conditions of the policy in force against the pinned definitions: now, when another policy is loaded, and when other
 * definitions are pinned. Operators are told of each fault once; nobody is kept from anything, see docs/adr/0014.
 */
export function checkConditions({ policies, pins, report }: CheckedConditions): void {
  let told: ReadonlySet<string> = new Set();

  function check(): void {
    const policy = policies.current();
    const found = lintPinnedConditions(policy, pins.list()).map(inWords);
    const unknown = found.filter((each) => !told.has(each));
    told = new Set(found);
    if (unknown.length === 0) return;
    const shown = unknown.slice(0, SHOWN_MAX).join('; ');
    const more = unknown.length > SHOWN_MAX ? `; and ${unknown.length - SHOWN_MAX} more` : '';
    report({ callId: null, problem: `conditions do not go with the pinned definitions of tools: ${shown}${more}` });
  }

  check();
  policies.onReplaced(check);
  pins.onPinned(check);
}

const SHOWN_MAX = 10;

function inWords({ place, subject, message }: Problem): string {
  return `${place}: ${subject} ${message}`;
}
