import type { ApprovalDetail } from '../core/admin-api/approval-view.ts';
import { highRiskWords } from '../core/approval/high-risk.ts';
import { visibleText } from '../core/content/visible-text.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { CliContext } from './cli-context.ts';
import type { CliFault } from './load-admin-target.ts';

/** What stands in for holding the button of the page: nobody types a name by habit. Whole ids will do as well. */
export async function typesName(context: CliContext, what: string, all: readonly ApprovalDetail[]): Promise<boolean> {
  const names = all.flatMap(({ id, tool }) => [visibleText(tool), id]);
  const typed = await context.ask(`To approve ${what}, type ${names[0] ?? ''} `);
  return names.includes(typed.trim());
}

/** `--yes` says nothing about the call, so it does not do for one of high risk. */
export function checkYes(all: readonly ApprovalDetail[]): Result<true, CliFault> {
  const [risky] = all.filter(({ highRisks }) => highRisks.length > 0);
  if (risky === undefined) return ok(true);
  return err({
    exitCode: 1,
    message: `${risky.id} is of high risk, because ${highRiskWords(risky.highRisks)}; --yes is not enough`,
    help: `Look at it with "approvals show", then say with --args-hash which arguments you mean.`,
  });
}
