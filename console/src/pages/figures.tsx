import type { FiguresView } from '../../../src/core/admin-api/figures-view.ts';
import type { DecisionFigure } from '../../../src/core/approval/figures.ts';
import type { JSX } from 'preact';
import { Empty } from '../parts/empty.tsx';
import { Person } from '../parts/person.tsx';
import { Problem } from '../parts/problem.tsx';
import { Table } from '../parts/table.tsx';
import { Visible } from '../parts/visible.tsx';
import { useTitle } from '../title.ts';
import { useData } from '../use-data.ts';

const HEAD = ['Approver', 'Rule', 'Decided', 'Approved', 'Median', 'Note'];

/** How people decide, and which rules might be spared. Nothing is changed here. */
export function Figures(): JSX.Element {
  const { value, problem } = useData<FiguresView>('/api/approvals/figures');
  useTitle('Figures');
  return (
    <>
      <div class="title">
        <h1>Figures</h1>
      </div>
      <p class="faint">The last 30 days. The median is from the request to the decision.</p>
      <Problem of={problem} />
      {value === null ? null : value.approvers.length === 0 ? (
        <Empty title="Nobody has decided anything yet." />
      ) : (
        <Table caption="Decisions" head={HEAD} rows={[...value.approvers, ...value.byApproverAndRule].map(row)} />
      )}
      {value?.suggestions.map(({ upstream, ruleId, approved, of, diff }) => (
        <section key={`${upstream}/${ruleId}`}>
          <h2>
            <Visible text={`${upstream}/${ruleId}`} />
          </h2>
          <p>
            {approved} of {of} requests were approved. Perhaps nobody needs to be asked: copy the change into the policy
            if you agree, and narrow the rule with <code>when</code> first. Afterwards it asks nobody, whatever the
            arguments.
          </p>
          {diff === null ? null : (
            <pre tabIndex={0} aria-label="Change of the policy">
              <Visible text={diff} lines />
            </pre>
          )}
        </section>
      ))}
    </>
  );
}

function row(figure: DecisionFigure) {
  const { approver, upstream, ruleId, approved, rejected, approveRate, medianSeconds, isRubberStamping } = figure;
  return {
    key: `${approver} ${upstream} ${ruleId}`,
    cells: [
      approver === null ? '–' : <Person id={approver} />,
      ruleId === null ? 'all' : <Visible text={`${upstream}/${ruleId}`} />,
      String(approved + rejected),
      `${Math.round(approveRate * 100)} %`,
      `${medianSeconds.toFixed(1)} s`,
      isRubberStamping ? <strong>faster than anybody can read</strong> : '',
    ],
  };
}
