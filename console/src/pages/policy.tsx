import type { PolicyView, RuleView, UpstreamPolicyView } from '../../../src/core/admin-api/policy-view.ts';
import type { JSX } from 'preact';
import { Badge, Notice } from '../parts/badge.tsx';
import { Digest, Fact } from '../parts/facts.tsx';
import { Problem } from '../parts/problem.tsx';
import { Table } from '../parts/table.tsx';
import { Visible } from '../parts/visible.tsx';
import { useTitle } from '../title.ts';
import { useData } from '../use-data.ts';

/** What is in force, with the place of everything: policies are changed in their files. */
export function Policy(): JSX.Element {
  const { value, problem } = useData<PolicyView>('/api/policy', ({ kind }) => kind === 'gateway');
  useTitle('Policy');
  if (value === null) return <Problem of={problem} />;
  return (
    <>
      <div class="title">
        <h1>Policy</h1>
        <a class="button" href="/explain">
          Try it
        </a>
      </div>
      <dl class="facts">
        <Fact name="Version">
          <Digest of={value.version} />
        </Fact>
        <Fact name="Environment">
          <Visible text={value.environment} />
        </Fact>
        <Fact name="Files">
          <Visible text={value.files.map(({ place }) => place.replace(/:\d+:\d+$/, '')).join(', ') || 'none'} />
        </Fact>
      </dl>
      {value.warnings.map(({ place, message }) => (
        <Notice key={place + message} tone="wait">
          <Visible text={`${place}: ${message}`} />
        </Notice>
      ))}
      {value.upstreams.map((upstream) => (
        <Upstream key={upstream.name} of={upstream} />
      ))}
      <p class="faint">
        What no rule allows is denied. Never is stronger than deny, deny than approve, approve than allow.
      </p>
    </>
  );
}

function Upstream({ of: { name, classes, rules, limits, watch } }: { readonly of: UpstreamPolicyView }): JSX.Element {
  return (
    <section>
      <h2>
        <Visible text={name} />
      </h2>
      <dl class="matrix">
        {(['read', 'write', 'never'] as const).map((kind) => (
          <div key={kind}>
            <dt>
              <Badge of={kind} />
            </dt>
            <dd>
              <Visible text={classes[kind].join(', ') || 'none'} />
            </dd>
          </div>
        ))}
        {classes.byArgument.map(({ tool, argument, read, write, never }) => (
          <div key={tool}>
            <dt>
              <Visible text={`${tool}, by ${argument}`} />
            </dt>
            <dd>
              <Visible
                text={`read ${read.join(', ') || '–'}; write ${write.join(', ') || '–'}; never ${never.join(', ') || '–'}`}
              />
            </dd>
          </div>
        ))}
      </dl>
      <Table
        caption={`Rules for ${name}`}
        head={['Rule', 'Effect', 'Who', 'What', 'When', 'Where']}
        rows={rules.map((rule) => ({
          key: rule.id,
          cells: [
            <RuleName of={rule} />,
            <Badge of={rule.effect} />,
            <Visible text={whoOf(rule)} />,
            <Visible text={whatOf(rule)} />,
            <Visible text={[rule.when, rule.from, rule.until].filter((each) => each !== null).join('; ') || '–'} />,
            <code>
              <Visible text={rule.place} />
            </code>,
          ],
        }))}
      />
      {limits.length + watch.length === 0 ? null : (
        <p class="faint">
          <Visible
            text={[...limits.map((at) => `limit ${at}`), ...watch.map(({ on, place }) => `watch ${on} ${place}`)].join(
              ' · ',
            )}
          />
        </p>
      )}
    </section>
  );
}

function RuleName({ of: { id, reason, unattended, inEnvironment } }: { readonly of: RuleView }): JSX.Element {
  return (
    <>
      <Visible text={id} />
      {unattended ? <Badge of="unattended" /> : null}
      {inEnvironment ? null : <Badge of="elsewhere" />}
      {reason === null ? null : (
        <small class="faint block">
          <Visible text={reason} />
        </small>
      )}
    </>
  );
}

function whoOf({ who: { any, users, groups, scopes } }: RuleView): string {
  const parts = [
    any ? 'everybody' : '',
    users === null ? '' : users.join(', '),
    groups === null ? '' : `group ${groups.join(', ')}`,
    scopes.length === 0 ? '' : `scope ${scopes.join(', ')}`,
  ];
  return parts.filter((part) => part !== '').join('; ') || 'everybody';
}

function whatOf({ about: { kind, patterns } }: RuleView): string {
  const text = patterns.join(', ');
  if (kind === 'tools') return text;
  return kind === 'tools-of-class' ? `every ${text}` : `${kind} ${text}`;
}
