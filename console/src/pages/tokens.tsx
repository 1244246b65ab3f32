import type { CreatedToken, TokenList, TokenView } from '../../../src/core/admin-api/token-view.ts';
import { useState } from 'preact/hooks';
import type { ComponentChildren, JSX } from 'preact';
import { api } from '../api.ts';
import { Notice } from '../parts/badge.tsx';
import { CreateForm, Credentials } from '../parts/credentials.tsx';
import { Person } from '../parts/person.tsx';
import { RoleChoice, wordsOf } from '../parts/roles.tsx';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';

/** Tokens of both planes. */
export function Tokens(): JSX.Element {
  return (
    <Credentials<TokenList, TokenView>
      title="Tokens"
      path="/api/tokens"
      kind="token"
      of={({ tokens }) => tokens}
      caption="Tokens, newest first"
      head={['User', 'Plane', 'Rights', 'State']}
      cells={cellsOf}
      empty={{ title: 'There is no token.', words: 'Whoever signs in with a password needs none.' }}
      end={{
        word: 'Revoke',
        what: ({ user }) => `Revoke the token of ${user}`,
        consequence: 'Calls under way with it are stopped.',
        isOver: (token) => !isGood(token),
      }}
      create={(onCreated) => <Create onCreated={onCreated} />}
    />
  );
}

function cellsOf(token: TokenView): readonly ComponentChildren[] {
  const { user, plane, roles, groups, scopes } = token;
  return [
    <Person id={user} />,
    plane,
    <Visible text={[...roles, ...groups, ...scopes].join(', ') || '–'} />,
    <State token={token} />,
  ];
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
  const [plane, setPlane] = useState('mcp');
  const [created, setCreated] = useState<CreatedToken | null>(null);
  const create = async (fields: FormData): Promise<void> => {
    const rights = plane === 'mcp' ? { scopes: wordsOf(fields, 'scopes') } : { roles: fields.getAll('role') };
    const body = { user: fields.get('user'), plane, groups: wordsOf(fields, 'groups'), ttl: fields.get('ttl') };
    setCreated(await api.post<CreatedToken>('/api/tokens', { ...body, ...rights }));
    // As the emptied form shows it.
    setPlane('mcp');
    onCreated();
  };
  return (
    <>
      <CreateForm title="Create a token" button="Create" onSend={create}>
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
      </CreateForm>
      {created === null ? null : (
        <Notice tone="good">
          Keep it now, it is not shown again: <code class="secret">{created.token}</code>
        </Notice>
      )}
    </>
  );
}
