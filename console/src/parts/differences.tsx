import type { JSX } from 'preact';
import { Visible } from './visible.tsx';

/** One place at which two values differ, as a JSON Pointer. `null`: there is nothing there. */
interface Difference {
  readonly place: string;
  readonly before: string | null;
  readonly after: string | null;
}

interface DifferencesProps {
  readonly caption: string;
  readonly of: readonly Difference[];
  readonly before?: string;
  readonly after?: string;
}

/** Place by place, with what is alike in both pale. In words and by place as well as by colour. */
export function Differences({ caption, of, before = 'Before', after = 'After' }: DifferencesProps): JSX.Element {
  return (
    <table class="cards differences">
      <caption class="hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Where</th>
          <th scope="col">{before}</th>
          <th scope="col">{after}</th>
        </tr>
      </thead>
      <tbody>
        {of.map((each) => (
          <tr key={each.place}>
            <th scope="row">
              <Visible text={each.place.replace(/^\//, '') || 'all of it'} />
            </th>
            <Side name={before} text={each.before} other={each.after} kind="gone" />
            <Side name={after} text={each.after} other={each.before} kind="come" />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface SideProps {
  readonly name: string;
  readonly text: string | null;
  readonly other: string | null;
  readonly kind: 'gone' | 'come';
}

function Side({ name, text, other, kind }: SideProps): JSX.Element {
  if (text === null)
    return (
      <td data-name={name} class="faint">
        nothing
      </td>
    );
  const [head, middle, tail] = splitChange(text, other ?? '');
  return (
    <td data-name={name}>
      <pre class="side">
        <Visible text={head} lines />
        {middle === '' ? null : (
          <span class={kind}>
            <Visible text={middle} lines />
          </span>
        )}
        <Visible text={tail} lines />
      </pre>
    </td>
  );
}

/** The text in three: what both begin with, what differs, what both end with. Cut between words, so that no word is half of each. */
function splitChange(text: string, other: string): readonly [string, string, string] {
  const most = Math.min(text.length, other.length);
  let head = 0;
  while (head < most && text[head] === other[head]) head++;
  let tail = 0;
  while (tail < most - head && text.at(-1 - tail) === other.at(-1 - tail)) tail++;
  while (head > 0 && isWithinWord(text, head)) head--;
  while (tail > 0 && isWithinWord(text, text.length - tail)) tail--;
  return [text.slice(0, head), text.slice(head, text.length - tail), text.slice(text.length - tail)];
}

function isWithinWord(text: string, at: number): boolean {
  return /\S/.test(text[at - 1] ?? ' ') && /\S/.test(text[at] ?? ' ');
}
