import type { CreatedToken, TokenList, TokenView } from '../../../src/core/admin-api/token-view.ts';
import { useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { api } from '../api.ts';
import { Notice } from '../parts/badge.tsx';
import { Person } from '../parts/person.tsx';
import { Problem } from '../parts/problem.tsx';
import { RoleChoice, wordsOf } from '../parts/roles.tsx';
import { Table } from '../parts/table.tsx';
import { useSend } from '../parts/use-send.ts';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';
import { session } from '../session.ts';
import { type Data, useData } from '../use-data.ts';

export function Tokens(): JSX.Element {
  const tokens = useData<TokenList>('/api/tokens', ({ kind }) => kind === 'token');
  const isOperator = session.roles.has('operator');
  return (
    <section>
      <h2>Tokens</h2>
      <Problem of={tokens.problem} />
      {isOperator ? <Create onCreated={tokens.reload} /> : null}
      <List tokens={tokens} mayRevoke={isOperator} />
    </section>
  );
}

function List({ tokens, mayRevoke }: { readonly tokens: Data<TokenList>; readonly mayRevoke: boolean }): JSX.Element {
  const { problem, isBusy, send } = useSend();
  const revoke = ({ id, user }: TokenView): void => {
    if (!confirm(`Revoke the token of ${user}? Calls under way with it are stopped.`)) return;
    send(async () => {
      await api.delete(`/api/tokens/${id}`);
      tokens.reload();
    });
  };
  return (
    <>
      <Problem of={problem} />
      <Table
        caption="Tokens, newest first"
        head={['User', 'Plane', 'Rights', 'State', 'Action']}
        rows={(tokens.value?.tokens ?? []).map((token) => ({
          key: token.id,
          cells: [
            <Person id={token.user} />,
            token.plane,
            <Visible text={[...token.roles, ...token.groups, ...token.scopes].join(', ') || '–'} />,
            <State token={token} />,
            mayRevoke && isGood(token) ? (
              <button
                class="quiet"
                disabled={isBusy}
                aria-label={`Revoke the token of ${token.user}`}
                onClick={() => revoke(token)}
              >
                Revoke
              </button>
            ) : null,
          ],
        }))}
      />
    </>
  );
}

function isGood({ revokedAt, expiresAt }: TokenView): boolean {
  return revokedAt === null && Date.parse(expiresAt) > Date.now();
}

function State({ token }: { readonly token: TokenView }): JSX.Element {
  const { revokedAt, expiresAt } = token;
  if (revokedAt !== null)
    return (
      <>
        revoked <When at={revokedAt} />
      </>
    );
  return (
    <>
      {isGood(token) ? 'expires' : 'expired'} <When at={expiresAt} />
    </>
  );
}

function Create({ onCreated }: { readonly onCreated: () => void }): JSX.Element {
  const { problem, isBusy, send } = useSend();
  const [plane, setPlane] = useState('mcp');
  const [created, setCreated] = useState<CreatedToken | null>(null);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const rights = plane === 'mcp' ? { scopes: wordsOf(form, 'scopes') } : { roles: form.getAll('role') };
    const body = { user: form.get('user'), plane, groups: wordsOf(form, 'groups'), ttl: form.get('ttl'), ...rights };
    send(async () => {
      setCreated(await api.post<CreatedToken>('/api/tokens', body));
      onCreated();
    });
  };
  return (
    <details class="panel">
      <summary>Create a token</summary>
      <form class="stack" onSubmit={submit}>
        <label>
          User
          <input name="user" required autocomplete="off" autocapitalize="none" spellcheck={false} />
        </label>
        <label>
          Good on
          <select value={plane} onChange={({ currentTarget }) => setPlane(currentTarget.value)}>
            <option value="mcp">the MCP plane: to call tools</option>
            <option value="admin">the admin plane: to decide and operate</option>
          </select>
        </label>
        <label>
          Groups
          <input name="groups" autocomplete="off" placeholder="staff leads" />
        </label>
        {plane === 'mcp' ? (
          <label>
            Scopes
            <input name="scopes" autocomplete="off" placeholder="notes.read notes.write" />
          </label>
        ) : (
          <RoleChoice />
        )}
        <label>
          Good for
          <input name="ttl" required defaultValue="30d" pattern="[0-9]+[smhd]" autocomplete="off" />
        </label>
        <Problem of={problem} />
        <button class="primary" disabled={isBusy}>
          Create
        </button>
      </form>
      {created === null ? null : (
        <Notice tone="good">
          Keep it now, it is not shown again: <code class="secret">{created.token}</code>
        </Notice>
      )}
    </details>
  );
}
