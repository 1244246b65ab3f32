import type { AccountList, AccountView } from '../../../src/core/admin-api/account-view.ts';
import type { ComponentChildren, JSX } from 'preact';
import { api } from '../api.ts';
import { Badge } from '../parts/badge.tsx';
import { CreateForm, Credentials } from '../parts/credentials.tsx';
import { Person } from '../parts/person.tsx';
import { RoleChoice, wordsOf } from '../parts/roles.tsx';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';

/** People who sign in to the console, with a password or through the OpenID provider. */
export function Accounts(): JSX.Element {
  return (
    <Credentials<AccountList, AccountView>
      title="People of the console"
      path="/api/accounts"
      kind="account"
      of={({ accounts }) => accounts}
      caption="Accounts, newest first"
      head={['Person', 'Signs in by', 'Roles', 'Groups', 'State']}
      cells={cellsOf}
      empty={{
        title: 'There is no account.',
        words: 'Whoever comes through the OpenID provider appears here, too.',
      }}
      end={{
        word: 'End',
        what: ({ user }) => `End the account of ${user}`,
        consequence: 'That is for good, and their sessions end at once.',
        isOver: ({ disabledAt }) => disabledAt !== null,
      }}
      create={(onCreated) => <Create onCreated={onCreated} />}
    />
  );
}

function cellsOf({ user, subject, alsoKnownAs, roles, groups, disabledAt }: AccountView): readonly ComponentChildren[] {
  return [
    <>
      <Person id={user} />
      {alsoKnownAs.length === 0 ? null : (
        <small class="faint block">
          also <Visible text={alsoKnownAs.join(', ')} />
        </small>
      )}
    </>,
    subject === null ? 'password' : <span title={subject}>OpenID provider</span>,
    roles.length === 0 ? 'none' : roles.map((role) => <Badge key={role} of={role} />),
    groups.length === 0 ? '–' : <Visible text={groups.join(', ')} />,
    disabledAt === null ? (
      'active'
    ) : (
      <>
        ended <When at={disabledAt} />
      </>
    ),
  ];
}

function Create({ onCreated }: { readonly onCreated: () => void }): JSX.Element {
  const create = async (fields: FormData): Promise<void> => {
    await api.post('/api/accounts', {
      user: fields.get('user'),
      password: fields.get('password'),
      groups: wordsOf(fields, 'groups'),
      roles: fields.getAll('role'),
    });
    onCreated();
  };
  return (
    <CreateForm title="Create an account" button="Create the account" onSend={create}>
      <label>
        Name
        <input name="user" required autocomplete="off" autocapitalize="none" spellcheck={false} />
      </label>
      <label>
        First password, at least 12 characters
        <input name="password" type="password" required minLength={12} autocomplete="new-password" />
      </label>
      <label>
        Groups
        <input name="groups" autocomplete="off" placeholder="leads" />
      </label>
      <RoleChoice />
    </CreateForm>
  );
}
