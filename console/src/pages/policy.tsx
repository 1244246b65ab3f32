import type { PolicyView } from '../../../src/core/admin-api/policy-view.ts';
import { useEffect } from 'preact/hooks';
import type { JSX } from 'preact';
import { Badge, Notice } from '../parts/badge.tsx';
import { Problem } from '../parts/problem.tsx';
import { Table } from '../parts/table.tsx';
import { Visible } from '../parts/visible.tsx';
import { useData } from '../use-data.ts';

export function Policy(): JSX.Element {
  const { value, problem } = useData<PolicyView>('/api/policy', ({ kind }) => kind === 'gateway');
  useEffect(() => {
    document.title = 'Policy · Countersign';
  }, []);
  if (value === null) return <Problem of={problem} />;
  return (
    <>
      <h1>Policy</h1>
      <dl class="facts">
        <div>
          <dt>Version</dt>
          <dd>
            <code title={value.version}>{value.version.slice(0, 12)}</code>
          </dd>
        </div>
        <div>
          <dt>Environment</dt>
          <dd>
            <Visible text={value.environment} />
          </dd>
        </div>
      </dl>
      {value.warnings.map(({ place, message }) => (
        <Notice key={place} tone="wait">
          <Visible text={`${place}: ${message}`} />
        </Notice>
      ))}
      {value.upstreams.map(({ name, rules }) => (
        <section key={name}>
          <h2>
            <Visible text={name} />
          </h2>
          <Table
            caption={`Rules for ${name}`}
            head={['Rule', 'Effect', 'Reason', 'Where']}
            rows={rules.map(({ id, effect, reason, place }) => ({
              key: id,
              cells: [
                <Visible text={id} />,
                <Badge of={effect} />,
                reason === null ? '–' : <Visible text={reason} />,
                <code>
                  <Visible text={place} />
                </code>,
              ],
            }))}
          />
        </section>
      ))}
      <p class="faint">What no rule allows is denied.</p>
    </>
  );
}
