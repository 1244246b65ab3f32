import type { AccountList, AccountView } from '../../../src/core/admin-api/account-view.ts';
import type { JSX } from 'preact';
import { api } from '../api.ts';
import { Badge } from '../parts/badge.tsx';
import { Empty } from '../parts/empty.tsx';
import { Person } from '../parts/person.tsx';
import { Problem } from '../parts/problem.tsx';
import { RoleChoice, wordsOf } from '../parts/roles.tsx';
import { Table } from '../parts/table.tsx';
import { useSend } from '../parts/use-send.ts';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';
import { session } from '../session.ts';
import { useData } from '../use-data.ts';

/** People who sign in to the console, with a password or through the OpenID provider. */
export function Accounts(): JSX.Element {
  const { value, problem, reload } = useData<AccountList>('/api/accounts', ({ kind }) => kind === 'account');
  const disabling = useSend();
  const isOperator = session.roles.has('operator');
  const disable = ({ id, user }: AccountView): void => {
    if (!confirm(`End the account of ${user}, for good? Their sessions end at once.`)) return;
    disabling.send(async () => {
      await api.delete(`/api/accounts/${id}`);
      reload();
    });
  };
  return (
    <section>
      <h2>People of the console</h2>
      <Problem of={problem ?? disabling.problem} />
      {isOperator ? <Create onCreated={reload} /> : null}
      {value?.accounts.length === 0 ? (
        <Empty title="There is no account.">Whoever comes through the OpenID provider appears here, too.</Empty>
      ) : (
        <Table
          caption="Accounts, newest first"
          head={['Person', 'Signs in by', 'Roles', 'Groups', 'State', 'Action']}
          rows={(value?.accounts ?? []).map((account) => ({
            key: account.id,
            cells: [
              <Person id={account.user} />,
              account.subject === null ? 'password' : <span title={account.subject}>OpenID provider</span>,
              account.roles.length === 0 ? 'none' : account.roles.map((role) => <Badge key={role} of={role} />),
              account.groups.length === 0 ? '–' : <Visible text={account.groups.join(', ')} />,
              account.disabledAt === null ? (
                'active'
              ) : (
                <>
                  ended <When at={account.disabledAt} />
                </>
              ),
              isOperator && account.disabledAt === null ? (
                <button
                  class="quiet"
                  disabled={disabling.isBusy}
                  aria-label={`End the account of ${account.user}`}
                  onClick={() => disable(account)}
                >
                  End
                </button>
              ) : null,
            ],
          }))}
        />
      )}
    </section>
  );
}

function Create({ onCreated }: { readonly onCreated: () => void }): JSX.Element {
  const { problem, isBusy, send } = useSend();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const fields = new FormData(form);
    const body = {
      user: fields.get('user'),
      password: fields.get('password'),
      groups: wordsOf(fields, 'groups'),
      roles: fields.getAll('role'),
    };
    send(async () => {
      await api.post('/api/accounts', body);
      form.reset();
      onCreated();
    });
  };
  return (
    <details class="panel">
      <summary>Create an account</summary>
      <form class="stack" onSubmit={submit}>
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
        <Problem of={problem} />
        <button class="primary" disabled={isBusy}>
          Create the account
        </button>
      </form>
    </details>
  );
}
