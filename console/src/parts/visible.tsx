import { visibleText } from '../../../src/core/content/visible-text.ts';
import type { JSX } from 'preact';

interface Run {
  readonly text: string;
  readonly isUnseen: boolean;
}

/** Text of others: every character that cannot be seen, or that moves its neighbours, is written out and marked. Never markup. */
export function Visible({ text, lines = false }: { readonly text: string; readonly lines?: boolean }): JSX.Element {
  return (
    <bdi class="visible">
      {splitRuns(text).map(({ text: run, isUnseen }) => {
        if (!isUnseen) return run;
        const mark = <mark class="unseen">{visibleText(run)}</mark>;
        return lines && run.endsWith('\n') ? [mark, '\n'] : mark;
      })}
    </bdi>
  );
}

function splitRuns(text: string): readonly Run[] {
  const runs: { text: string; isUnseen: boolean }[] = [];
  for (const char of text) {
    const isUnseen = visibleText(char) !== char;
    const last = runs.at(-1);
    if (last?.isUnseen === isUnseen && !last.text.endsWith('\n')) last.text += char;
    else runs.push({ text: char, isUnseen });
  }
  return runs;
}
