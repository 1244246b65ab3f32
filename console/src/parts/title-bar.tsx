import type { ComponentChildren, JSX } from 'preact';
import { Filter } from './filter.tsx';

interface TitleBarProps {
  readonly title: string;
  /** Which words narrow the page, and what they are looked for in; `null`: there is nothing to narrow. */
  readonly filter: {
    readonly label: string;
    readonly placeholder: string;
    readonly value: string;
    readonly onChange: (text: string) => void;
  } | null;
  readonly children?: ComponentChildren;
}

/** The name of a page, with what narrows it beside that. */
export function TitleBar({ title, filter, children }: TitleBarProps): JSX.Element {
  return (
    <div class="title">
      <h1>{title}</h1>
      {filter === null ? null : <Filter {...filter} />}
      {children}
    </div>
  );
}
