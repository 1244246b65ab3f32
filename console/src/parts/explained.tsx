import type {
  ExplainedDecision,
  ExplanationView,
  SimulationView,
} from '../../../src/core/admin-api/explanation-view.ts';
import { visibleJson } from '../../../src/core/content/visible-text.ts';
import type { JSX } from 'preact';
import { Badge } from './badge.tsx';
import { Fact } from './facts.tsx';
import { Table } from './table.tsx';
import { Visible } from './visible.tsx';

/** A decision that was made for nobody, rule by rule. */
export function Explained({ of: { as, target, decision, rules } }: { readonly of: ExplanationView }): JSX.Element {
  const { terms } = decision;
  return (
    <section>
      <h2>
        <Badge of={decision.effect} /> <Visible text={`${as.user}: ${target.upstream}/${target.name}`} />
      </h2>
      <Reasons of={decision} />
      <dl class="facts">
        <Fact name="Class">
          <Badge of={decision.class} />
        </Fact>
        <Fact name="Groups and scopes">
          <Visible text={[...as.groups, ...as.scopes].join(', ') || 'none'} />
          {as.from === 'token' ? <span class="faint"> of their newest token</span> : null}
        </Fact>
        {decision.hidden ? <Fact name="To the host">it does not exist</Fact> : null}
        {decision.missingScopes.length === 0 ? null : (
          <Fact name="Scopes that are missing">
            <Visible text={decision.missingScopes.join(', ')} />
          </Fact>
        )}
        {terms === null ? null : (
          <Fact name="Approved by">
            {terms.approversNeeded} of <Visible text={terms.approverGroups.join(', ') || 'all approvers'} />, within{' '}
            {Math.round(terms.expiresInMs / 60_000)} min
          </Fact>
        )}
        {decision.args === null ? null : (
          <Fact name="Arguments as sent">
            <code>
              <Visible text={visibleJson(decision.args)} />
            </code>
          </Fact>
        )}
      </dl>
      <Table
        caption="Every rule of the upstream, and how it stands to this call"
        head={['Rule', 'Effect', 'Stands', 'When', 'Where']}
        rows={rules.map(({ id, effect, standing, when, place, missingScopes }) => ({
          key: `${id} ${place}`,
          cells: [
            <Visible text={id} />,
            <Badge of={effect} />,
            standing === 'matches' ? (
              <strong>matches</strong>
            ) : (
              <span class="faint">{[standing.replaceAll('-', ' '), ...missingScopes].join(' ')}</span>
            ),
            when === null ? '–' : <code>{<Visible text={when} />}</code>,
            <code>
              <Visible text={place} />
            </code>,
          ],
        }))}
      />
    </section>
  );
}

/** What one person could do with every tool that the policy names. */
export function Simulated({ of: { as, decisions } }: { readonly of: SimulationView }): JSX.Element {
  return (
    <section>
      <h2>
        What <Visible text={as.user} /> could call
      </h2>
      <Table
        caption="Decisions"
        head={['Tool', 'Class', 'Decision', 'Why']}
        rows={decisions.map(({ target, decision }) => ({
          key: `${target.kind} ${target.upstream}/${target.name}`,
          cells: [
            <a
              href={`/explain?${new URLSearchParams({ as: as.user, tool: `${target.upstream}/${target.name}` }).toString()}`}
            >
              <Visible text={`${target.upstream}/${target.name}`} />
            </a>,
            <Badge of={decision.class} />,
            <Badge of={decision.effect} />,
            <Visible text={decision.reasons[0]?.text ?? ''} />,
          ],
        }))}
      />
    </section>
  );
}

function Reasons({ of: { reasons } }: { readonly of: ExplainedDecision }): JSX.Element {
  return (
    <ul class="reasons">
      {reasons.map(({ code, text, place }) => (
        <li key={`${code} ${place ?? ''}`}>
          <Visible text={text} /> <code>{code}</code>{' '}
          {place === null ? null : (
            <code>
              <Visible text={place} />
            </code>
          )}
        </li>
      ))}
    </ul>
  );
}
