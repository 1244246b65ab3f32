import { FOLDED_CHARS, FOLDED_LINES, isLongText } from '../../../src/core/approval/is-long.ts';
import { visibleJson } from '../../../src/core/content/visible-text.ts';
import { useLayoutEffect, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { Visible } from './visible.tsx';

interface ArgumentsProps {
  readonly value: unknown;
  readonly caption?: string;
  readonly onSeen?: () => void;
}

/** The exact arguments, one row for each. `onSeen` is told when nothing of them is folded any more. */
export function Arguments({ value, caption = 'Arguments of the call', onSeen }: ArgumentsProps): JSX.Element {
  const rows = rowsOf(value);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const folded = rows.filter(({ name, text }) => isLongText(text) && !opened.has(name));
  // Before anybody can see them, and what was waiting for it.
  useLayoutEffect(() => {
    if (folded.length === 0) onSeen?.();
  }, [folded.length, onSeen]);
  if (rows.length === 0) return <p class="faint">The call has no arguments.</p>;
  return (
    <table class="arguments">
      <caption class="hidden">{caption}</caption>
      <tbody>
        {rows.map(({ name, text, isJson }) => (
          <tr key={name}>
            <th scope="row">
              <Visible text={name} />
            </th>
            <td>
              <pre>
                <Value of={isLongText(text) && !opened.has(name) ? fold(text) : text} isJson={isJson} />
                {isLongText(text) && !opened.has(name) ? '…' : null}
              </pre>
              {isLongText(text) && !opened.has(name) ? (
                <button class="quiet" onClick={() => setOpened(new Set([...opened, name]))}>
                  Show all {text.length.toLocaleString('en')} characters
                </button>
              ) : null}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface Row {
  readonly name: string;
  readonly text: string;
  /** Its line breaks are ours: those of texts in it are written out. */
  readonly isJson: boolean;
}

function Value({ of, isJson }: { readonly of: string; readonly isJson: boolean }): JSX.Element {
  if (!isJson) return <Visible text={of} lines />;
  return <>{of.split('\n').map((line, at) => [at === 0 ? '' : '\n', <Visible key={at} text={line} />])}</>;
}

/** A text stands in quotes, with its line breaks, and everything else as JSON: `"5"` and `5` are two values. */
function rowsOf(value: unknown): readonly Row[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [{ name: 'value', text: visibleJson(value, 2), isJson: true }];
  return Object.entries(value).map(([name, member]) => ({
    name,
    text: typeof member === 'string' ? `"${member}"` : visibleJson(member, 2),
    isJson: typeof member !== 'string',
  }));
}

function fold(text: string): string {
  return text.slice(0, FOLDED_CHARS).split('\n', FOLDED_LINES).join('\n');
}
