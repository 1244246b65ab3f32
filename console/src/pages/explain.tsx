import type { ExplanationView, SimulationView } from '../../../src/core/admin-api/explanation-view.ts';
import { useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { api } from '../api.ts';
import { Explained, Simulated } from '../parts/explained.tsx';
import { Notice } from '../parts/badge.tsx';
import { Problem } from '../parts/problem.tsx';
import { wordsOf } from '../parts/roles.tsx';
import { useSend } from '../parts/use-send.ts';
import { useQuery } from '../router.ts';
import { useTitle } from '../title.ts';

/** What the policy in force would decide, asked for nobody: nothing is called, and nothing recorded. */
export function Explain(): JSX.Element {
  const [query] = useQuery();
  const { problem, isBusy, send } = useSend();
  const [mistake, setMistake] = useState<string | null>(null);
  const [explained, setExplained] = useState<ExplanationView | null>(null);
  const [simulated, setSimulated] = useState<SimulationView | null>(null);
  useTitle('Try the policy');
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    const body = bodyOf(fields);
    const tool = textOf(fields, 'tool');
    const args = parseArguments(textOf(fields, 'arguments'));
    setMistake(args === undefined ? 'The arguments are no JSON object.' : null);
    if (args === undefined) return;
    send(async () => {
      setExplained(tool === '' ? null : await api.post('/api/policy/explain', { ...body, tool, arguments: args }));
      setSimulated(tool === '' ? await api.post('/api/policy/simulate', body) : null);
    });
  };
  return (
    <>
      <p class="crumb">
        <a href="/policy">Policy</a>
      </p>
      <h1>Try the policy</h1>
      <p class="faint">Nothing is called or recorded.</p>
      <form class="panel grid" onSubmit={submit}>
        <label>
          As
          <input
            name="as"
            required
            defaultValue={query.get('as') ?? ''}
            placeholder="alice"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
          />
        </label>
        <label>
          In groups
          <input name="groups" placeholder="those of their newest token" autocomplete="off" autocapitalize="none" />
        </label>
        <label>
          With scopes
          <input name="scopes" placeholder="those of their newest token" autocomplete="off" autocapitalize="none" />
        </label>
        <label>
          Tool
          <input
            name="tool"
            defaultValue={query.get('tool') ?? ''}
            placeholder="crm/update_deal; empty: every tool"
            pattern="[^\/]+\/.+"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
          />
        </label>
        <label class="wide">
          Arguments
          <textarea name="arguments" rows={3} placeholder={'{"id": 7}; empty: any'} spellcheck={false} />
        </label>
        <Problem of={problem} />
        {mistake === null ? null : <Notice tone="bad">{mistake}</Notice>}
        <button class="primary" disabled={isBusy}>
          Decide
        </button>
      </form>
      <div aria-live="polite">
        {explained === null ? null : <Explained of={explained} />}
        {simulated === null ? null : <Simulated of={simulated} />}
      </div>
    </>
  );
}

function bodyOf(fields: FormData): Readonly<Record<string, unknown>> {
  const [groups, scopes] = [wordsOf(fields, 'groups'), wordsOf(fields, 'scopes')];
  // Named one, the other is none: half of a token's rights would be nobody's.
  const rights = groups.length + scopes.length === 0 ? {} : { groups, scopes };
  return { as: textOf(fields, 'as'), ...rights };
}

function parseArguments(text: string): unknown {
  if (text === '') return 'any';
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function textOf(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === 'string' ? value.trim() : '';
}
