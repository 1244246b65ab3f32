import type { ComponentChildren, JSX } from 'preact';
import { api } from '../api.ts';
import { session } from '../session.ts';
import { useData } from '../use-data.ts';
import { Empty } from './empty.tsx';
import { Problem } from './problem.tsx';
import { Table } from './table.tsx';
import { useSend } from './use-send.ts';

interface CredentialsProps<List, One extends { readonly id: string }> {
  readonly title: string;
  /** Of the API: the list at it, and each under it by its id. */
  readonly path: string;
  /** Of the entries of the log that change the list. */
  readonly kind: string;
  readonly of: (list: List) => readonly One[];
  readonly caption: string;
  readonly head: readonly string[];
  readonly cells: (one: One) => readonly ComponentChildren[];
  /** What stands there where there is none. */
  readonly empty: { readonly title: string; readonly words: string };
  readonly end: {
    readonly word: string;
    /** `End the account of olivia`. */
    readonly what: (one: One) => string;
    readonly consequence: string;
    readonly isOver: (one: One) => boolean;
  };
  /** The form for a new one. */
  readonly create: (onCreated: () => void) => JSX.Element;
}

/** Who can do something here, as a table, with a form for another one and a button that ends each: those two for operators alone. */
export function Credentials<List, One extends { readonly id: string }>(
  props: CredentialsProps<List, One>,
): JSX.Element {
  const { title, path, kind, caption, head, cells, empty, end, create } = props;
  const { value, problem, reload } = useData<List>(path, (event) => event.kind === kind);
  const ending = useSend();
  const isOperator = session.roles.has('operator');
  const all = value === null ? [] : props.of(value);
  const finish = (one: One): void => {
    if (!confirm(`${end.what(one)}? ${end.consequence}`)) return;
    ending.send(async () => {
      await api.delete(`${path}/${one.id}`);
      reload();
    });
  };
  return (
    <section>
      <h2>{title}</h2>
      <Problem of={problem ?? ending.problem} />
      {isOperator ? create(reload) : null}
      {value !== null && all.length === 0 ? (
        <Empty title={empty.title}>{empty.words}</Empty>
      ) : (
        <Table
          caption={caption}
          head={[...head, 'Action']}
          rows={all.map((one) => ({
            key: one.id,
            cells: [
              ...cells(one),
              isOperator && !end.isOver(one) ? (
                <button class="quiet" disabled={ending.isBusy} aria-label={end.what(one)} onClick={() => finish(one)}>
                  {end.word}
                </button>
              ) : null,
            ],
          }))}
        />
      )}
    </section>
  );
}

interface CreateFormProps {
  readonly title: string;
  readonly button: string;
  /** Sends what is in the fields; throws what the API says. */
  readonly onSend: (fields: FormData) => Promise<void>;
  readonly children: ComponentChildren;
}

/** Folded away until somebody wants it. */
export function CreateForm({ title, button, onSend, children }: CreateFormProps): JSX.Element {
  const { problem, isBusy, send } = useSend();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const fields = new FormData(form);
    send(async () => {
      await onSend(fields);
      form.reset();
    });
  };
  return (
    <details class="panel">
      <summary>{title}</summary>
      <form class="stack" onSubmit={submit}>
        {children}
        <Problem of={problem} />
        <button class="primary" disabled={isBusy}>
          {button}
        </button>
      </form>
    </details>
  );
}
