import type { AuditView } from '../../../src/core/admin-api/audit-view.ts';
import { hasWords } from '../../../src/core/has-words.ts';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { useQuery } from '../router.ts';
import { useTitle } from '../title.ts';
import { type Log, useLog } from '../use-log.ts';
import { Choice } from './filter.tsx';
import { Problem } from './problem.tsx';
import { TitleBar } from './title-bar.tsx';

interface LogPageProps {
  readonly title: string;
  readonly search: { readonly label: string; readonly placeholder: string };
  readonly choice: {
    readonly label: string;
    /** In the address. */
    readonly name: string;
    readonly of: (entries: readonly AuditView[]) => readonly string[];
    readonly valueOf: (entry: AuditView) => unknown;
  };
  /** The text in which words are looked for; `null`: the page does not show such an entry. */
  readonly aboutOf: (entry: AuditView) => string | null;
  readonly children: (found: readonly AuditView[], log: Log) => JSX.Element;
}

/** The log as it grows, narrowed by words and one choice, which the address holds. */
export function LogPage({ title, search, choice, aboutOf, children }: LogPageProps): JSX.Element {
  const [isLive, setLive] = useState(true);
  const [query, set] = useQuery();
  const log = useLog(isLive);
  useTitle(title);
  const chosen = query.get(choice.name) ?? '';
  const words = query.get('q') ?? '';
  const found = log.entries.filter((entry) => {
    if (chosen !== '' && choice.valueOf(entry) !== chosen) return false;
    const about = aboutOf(entry);
    return about !== null && hasWords(about, words);
  });
  return (
    <>
      <TitleBar title={title} filter={{ ...search, value: words, onChange: (text) => set('q', text) }}>
        <Choice
          label={choice.label}
          value={chosen}
          of={choice.of(log.entries)}
          onChange={(text) => set(choice.name, text)}
        />
        <label class="inline">
          <input type="checkbox" checked={isLive} onChange={() => setLive(!isLive)} /> follow
        </label>
      </TitleBar>
      <Problem of={log.problem} />
      {children(found, log)}
    </>
  );
}
