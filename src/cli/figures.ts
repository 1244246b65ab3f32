import type { Command } from 'commander';
import { type FiguresView, figuresViewSchema, type SuggestionView } from '../core/admin-api/figures-view.ts';
import type { DecisionFigure } from '../core/approval/figures.ts';
import { visibleText } from '../core/content/visible-text.ts';
import { ok } from '../core/result.ts';
import { type AdminOptions, addAdminCommand, runAdminCommand } from './admin-command.ts';
import { type CliContext, paint } from './cli-context.ts';
import { type Cell, renderTable } from './layout.ts';
import { parseCount } from './parse-option.ts';

interface FiguresOptions extends AdminOptions {
  readonly days: number;
}

export function registerFigures(approvals: Command, context: CliContext): void {
  addAdminCommand(approvals, 'figures', 'how people decide, and which rules were always approved')
    .option('--days <count>', 'how far back', parseCount, 30)
    .action((options: FiguresOptions) =>
      runAdminCommand(context, options, async (client) => {
        const figures = await client.get(`/api/approvals/figures?days=${options.days}`, figuresViewSchema);
        return figures.ok ? ok({ json: figures.value, text: renderFigures(context, figures.value) }) : figures;
      }),
    );
}

function renderFigures(context: CliContext, figures: FiguresView): string {
  if (figures.approvers.length === 0) return 'Nobody has decided anything in that time.\n';
  const people = renderTable(context, HEAD, [...figures.approvers, ...figures.byApproverAndRule].map(row));
  return [people, ...figures.suggestions.map((each) => renderSuggestion(context, each))].join('\n');
}

const HEAD = ['APPROVER', 'RULE', 'DECIDED', 'APPROVED', 'MEDIAN', ''];

function row(figure: DecisionFigure): readonly Cell[] {
  const { approver, upstream, ruleId, approved, rejected, approveRate, medianSeconds, isRubberStamping } = figure;
  return [
    approver ?? '',
    ruleId === null ? 'all' : `${upstream ?? ''}/${ruleId}`,
    String(approved + rejected),
    `${Math.round(approveRate * 100)} %`,
    `${medianSeconds.toFixed(1)} s`,
    { text: isRubberStamping ? 'decides faster than anybody can read' : '', style: 'yellow' },
  ];
}

function renderSuggestion(context: CliContext, { upstream, ruleId, approved, of, diff }: SuggestionView): string {
  const title = `${upstream}/${ruleId}: ${approved} of ${of} requests were approved. Perhaps nobody needs to be asked; nothing is changed by itself.`;
  const lines = diff === null ? [] : diff.trimEnd().split('\n');
  return [paint(context, 'bold', visibleText(title)), ...lines.map(visibleText), ''].join('\n');
}
