import type { FiguresView, SuggestionView } from '../../core/admin-api/figures-view.ts';
import { figuresOf, type UnanimousRule } from '../../core/approval/figures.ts';
import { err, ok } from '../../core/result.ts';
import { formatTimestamp } from '../../core/timestamp.ts';
import type { ApprovalStore } from '../../ports/approval-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { RuleChanges } from '../../ports/rule-changes.ts';
import type { Administration } from '../administration.ts';
import { checkRole, withStore } from './admin-fault.ts';

export interface FiguresDeps {
  readonly approvals: ApprovalStore;
  readonly ruleChanges: RuleChanges;
  readonly clock: Clock;
}

/** As many as are counted; of more, the newest. */
const COUNTED_MAX = 2000;
const DAY_MS = 86_400_000;

/** Figures about people are for those who answer for them, and for the people themselves. */
export function createFiguresAdministration(deps: FiguresDeps): Pick<Administration, 'approvalFigures'> {
  return {
    approvalFigures: (by, days) => {
      const fault = checkRole(by, 'operator', 'approver', 'auditor');
      if (fault !== null) return Promise.resolve(err(fault));
      return withStore(async () => {
        const sinceMs = deps.clock.nowMs() - days * DAY_MS;
        const decided = await deps.approvals.listDecided(sinceMs, COUNTED_MAX);
        const { unanimous, ...figures } = figuresOf(decided);
        const suggestions = await Promise.all(unanimous.map((rule) => suggest(deps.ruleChanges, rule)));
        const view: FiguresView = {
          since: formatTimestamp(sinceMs),
          approvals: decided.length,
          ...figures,
          suggestions,
        };
        return ok(view);
      });
    },
  };
}

async function suggest(ruleChanges: RuleChanges, rule: UnanimousRule): Promise<SuggestionView> {
  const { upstream, ruleId, tools, approved } = rule;
  const diff = await ruleChanges.suggestUnattended(upstream, ruleId);
  return { upstream, ruleId, tools, approved, of: approved, diff };
}
