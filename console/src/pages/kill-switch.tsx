import type { KillSwitchList, PulledKillSwitch } from '../../../src/core/admin-api/kill-switch-view.ts';
import { sayUnknownName } from '../../../src/core/kill-switch/name-lookup.ts';
import { visibleJson } from '../../../src/core/content/visible-text.ts';
import { useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { api } from '../api.ts';
import { Notice } from '../parts/badge.tsx';
import { Problem } from '../parts/problem.tsx';
import { Table } from '../parts/table.tsx';
import { useSend } from '../parts/use-send.ts';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';
import { session } from '../session.ts';
import { useTitle } from '../title.ts';
import { useData } from '../use-data.ts';

export function KillSwitch(): JSX.Element {
  const { value, problem, reload } = useData<KillSwitchList>('/api/kill-switch', ({ kind }) =>
    kind.startsWith('kill-switch'),
  );
  const releasing = useSend();
  useTitle('Kill switch');
  const isOperator = session.roles.has('operator');
  const inForce = value?.killSwitches ?? [];
  const release = (id: string, scope: string): void => {
    if (!confirm(`Release the switch for ${scope}? Calls go on at once.`)) return;
    releasing.send(async () => {
      await api.delete(`/api/kill-switch/${id}`);
      reload();
    });
  };
  return (
    <>
      <h1>Kill switch</h1>
      <Problem of={problem ?? releasing.problem} />
      {value !== null && inForce.length === 0 ? <Notice tone="good">Nothing is stopped.</Notice> : null}
      {inForce.length > 0 ? (
        <Table
          caption="Switches in force"
          head={['Stops', 'Why', 'By', 'Until', 'Action']}
          rows={inForce.map(({ id, scope, reason, by, expiresAt }) => ({
            key: id,
            cells: [
              <strong>
                <Visible text={scopeText(scope)} />
              </strong>,
              <Visible text={reason} />,
              <Visible text={by} />,
              expiresAt === null ? 'released' : <When at={expiresAt} />,
              isOperator ? (
                <button
                  class="quiet"
                  aria-label={`Release the switch for ${scopeText(scope)}`}
                  onClick={() => release(id, scopeText(scope))}
                >
                  Release
                </button>
              ) : null,
            ],
          }))}
        />
      ) : null}
      {isOperator ? <Pull onPulled={reload} /> : <p class="faint">Operators pull it.</p>}
    </>
  );
}

const SCOPES = {
  all: 'everything',
  writes: 'every write; reads go on',
  upstream: 'one upstream',
  tool: 'one tool',
  principal: 'one person',
  client: 'one client',
} as const;
type ScopeKind = keyof typeof SCOPES;
const EXAMPLES: Partial<Record<ScopeKind, string>> = {
  upstream: 'crm',
  tool: 'crm/update_deal',
  principal: 'alice',
  client: 'tok_…',
};

function Pull({ onPulled }: { readonly onPulled: () => void }): JSX.Element {
  const { problem, isBusy, send } = useSend();
  const [kind, setKind] = useState<ScopeKind>('all');
  const [pulled, setPulled] = useState<PulledKillSwitch | null>(null);
  const example = EXAMPLES[kind];
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const fields = new FormData(form);
    const minutes = Number(fields.get('minutes'));
    const scope = { [kind]: example === undefined ? true : fields.get('name') };
    const end = minutes > 0 ? { expiresAt: new Date(Date.now() + minutes * 60_000).toISOString() } : {};
    send(async () => {
      setPulled(await api.post<PulledKillSwitch>('/api/kill-switch', { scope, reason: fields.get('reason'), ...end }));
      form.reset();
      onPulled();
    });
  };
  return (
    <section class="panel danger">
      <h2>Stop calls now</h2>
      <p>Calls under way are aborted and requests that wait are void. It is in force when the button answers.</p>
      <form class="stack" onSubmit={submit}>
        <label>
          Stop
          <select value={kind} onChange={({ currentTarget }) => setKind(currentTarget.value as ScopeKind)}>
            {Object.entries(SCOPES).map(([name, text]) => (
              <option key={name} value={name}>
                {text}
              </option>
            ))}
          </select>
        </label>
        {example === undefined ? null : (
          <label>
            Which
            <input
              name="name"
              required
              placeholder={example}
              autocomplete="off"
              autocapitalize="none"
              spellcheck={false}
            />
          </label>
        )}
        <label>
          Why
          <input name="reason" required maxLength={1000} autocomplete="off" />
        </label>
        <label>
          For how many minutes (empty: until it is released)
          <input name="minutes" type="number" min="1" max="525600" inputMode="numeric" />
        </label>
        <Problem of={problem} />
        <button class="stop" disabled={isBusy}>
          Stop {SCOPES[kind]}
        </button>
      </form>
      {pulled === null ? null : <Answer of={pulled} />}
    </section>
  );
}

function Answer({ of }: { readonly of: PulledKillSwitch }): JSX.Element {
  const unknown = sayUnknownName(of.scope, of);
  return (
    <>
      <Notice tone="good">In force{of.recorded ? '.' : '. The log cannot be written now; its entry follows.'}</Notice>
      {unknown === null ? null : (
        <Notice tone="bad">
          <Visible text={unknown} />
        </Notice>
      )}
    </>
  );
}

function scopeText(scope: object): string {
  const [[name, value] = ['', '']] = Object.entries(scope);
  if (value === true) return SCOPES[name as ScopeKind] ?? name;
  return `${name} ${typeof value === 'string' ? value : visibleJson(value)}`;
}
