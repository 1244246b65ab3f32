import { visibleJson } from '../../../src/core/content/visible-text.ts';
import type { AuditView } from '../../../src/core/admin-api/audit-view.ts';
import type { JSX } from 'preact';
import { Arguments } from '../parts/arguments.tsx';
import { Problem } from '../parts/problem.tsx';
import { Visible } from '../parts/visible.tsx';
import { session } from '../session.ts';
import { useTitle } from '../title.ts';
import { useData } from '../use-data.ts';

export function Entry({ seq }: { readonly seq: string }): JSX.Element {
  const { value, problem } = useData<AuditView>(`/api/audit/${encodeURIComponent(seq)}`);
  useTitle(`Entry ${seq}`);
  if (value === null) return <Problem of={problem} />;
  const { arguments: args, ...fields } = value;
  const known = Object.entries(fields).filter(([, field]) => field !== null);
  return (
    <article>
      <p class="crumb">
        <a href="/audit">Audit log</a>
      </p>
      <h1>
        Entry {value.seq}: {value.kind}
      </h1>
      <dl class="facts">
        {known.map(([name, field]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <FieldValue name={name} value={field} />
            </dd>
          </div>
        ))}
      </dl>
      {args === undefined ? null : (
        <>
          <h2>Arguments</h2>
          <Arguments value={args} />
        </>
      )}
      {'payloadDigest' in value && value['payloadDigest'] !== null && !session.roles.has('auditor') ? (
        <p class="faint">The arguments are for auditors alone.</p>
      ) : null}
    </article>
  );
}

function FieldValue({ name, value }: { readonly name: string; readonly value: unknown }): JSX.Element {
  if (name === 'approvalId' && typeof value === 'string')
    return (
      <a href={`/approvals/${value}`}>
        <Visible text={value} />
      </a>
    );
  if (name === 'timeMs' && typeof value === 'number') return <time>{new Date(value).toISOString()}</time>;
  return <Visible text={typeof value === 'string' ? value : visibleJson(value)} />;
}
