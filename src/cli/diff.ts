import { renderProblems } from '../config/render-problems.ts';
import { visibleJson } from '../core/content/visible-text.ts';
import { type AccessChange, diffPolicies as compare, type RuleChange } from '../core/policy/diff-policies.ts';
import { formatTimestamp } from '../core/timestamp.ts';
import { type CliContext, paint } from './cli-context.ts';
import type { CommandOutcome } from './command-outcome.ts';
import { renderTable } from './layout.ts';
import { loadPolicyAt } from './load-policy.ts';

export interface DiffOptions {
  /** Directories of policies. */
  readonly before: string;
  readonly after: string;
  /** A configuration whose environment both are decided under; `null` takes the strict defaults. */
  readonly config: string | null;
  readonly nowMs: number;
  readonly json: boolean;
  readonly color: boolean;
}

/** Who gains or loses which tools. Exits with 1 where there is any difference. */
export async function diffPolicies(options: DiffOptions): Promise<CommandOutcome> {
  const { config, json, color } = options;
  const before = await loadPolicyAt({ config, dir: options.before });
  const after = await loadPolicyAt({ config, dir: options.after });
  if (!before.ok || !after.ok) {
    const problems = [...(before.ok ? [] : before.error), ...(after.ok ? [] : after.error)];
    return {
      exitCode: 2,
      output: json ? `${visibleJson({ ok: false, problems })}\n` : renderProblems(problems, { color }),
    };
  }
  const { access, rules } = compare(before.value, after.value, options.nowMs);
  const isSame = before.value.version === after.value.version;
  const exitCode = isSame ? 0 : 1;
  if (json) return { exitCode, output: `${visibleJson({ ok: true, same: isSame, access, rules })}\n` };
  if (isSame) return { exitCode, output: 'The two mean the same.\n' };
  const parts = [renderAccess(access, { color }), renderRules(rules, { color })].filter((part) => part !== '');
  return {
    exitCode,
    output: parts.length === 0 ? 'Only limits or classes of unnamed tools differ.\n' : parts.join('\n'),
  };
}

function renderAccess(changes: readonly AccessChange[], shown: Pick<CliContext, 'color'>): string {
  if (changes.length === 0) return `${paint(shown, 'dim', 'Nobody gains or loses a tool as such.')}\n`;
  const rows = changes.map(({ who, change, upstream, tool, before, after, fromMs }) => [
    who,
    { text: change, style: change === 'gains' ? ('yellow' as const) : ('none' as const) },
    `${upstream}/${tool}`,
    `${before} → ${after}${fromMs === null ? '' : ` from ${formatTimestamp(fromMs).slice(0, 16)}Z`}`,
  ]);
  return renderTable(shown, ['WHO', '', 'TOOL', 'BEFORE → AFTER'], rows);
}

function renderRules(changes: readonly RuleChange[], shown: Pick<CliContext, 'color'>): string {
  if (changes.length === 0) return '';
  const rows = changes.map(({ change, upstream, id, keys }) => [`${upstream}/${id}`, change, keys.join(', ')]);
  return renderTable(shown, ['RULE', '', 'WHAT'], rows);
}
