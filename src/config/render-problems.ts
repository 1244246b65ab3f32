import { styleText } from 'node:util';
import type { Problem } from '../core/problem.ts';
import { wrapText } from '../core/wrap-text.ts';

/**
 * Problems as people and editors read them, one block each, in the order of their places; on a terminal in colour, and no wider than it:
 *
 *     policies/crm.yaml:12:5: rules[2].effect: must be allow or approve or deny; got alow
 *       help: what the rule says …
 */
export function renderProblems(problems: readonly Problem[], options: { readonly color: boolean }): string {
  return problems
    .toSorted((a, b) => COLLATOR.compare(a.place, b.place))
    .map((problem) => renderProblem(problem, options.color))
    .join('');
}

/** Line 9 comes before line 10. */
const COLLATOR = new Intl.Collator('en', { numeric: true });

function renderProblem(problem: Problem, isTerminal: boolean): string {
  const { severity, place, subject, message, got, help } = problem;
  const rest = got === null ? message : `${message}; got ${visible(got)}`;
  const line = `${place}: ${severity === 'warning' ? WARNING : ''}${visible(subject)}: ${visible(rest)}`;
  const helpLine = help === null ? null : `  help: ${visible(help)}`;
  if (!isTerminal) return `${line}\n${helpLine === null ? '' : `${helpLine}\n`}`;
  const shown = wrap(line, 4)
    .replace(place, () => style('bold', place))
    .replace(WARNING, () => style('yellow', WARNING));
  return helpLine === null ? shown : `${shown}${wrap(helpLine, 4).replace('help:', () => style('dim', 'help:'))}`;
}

const WARNING = 'warning: ';
const TERMINAL_COLUMNS = 80;

/** Lines that fit a terminal; what goes on stands further in. */
function wrap(text: string, indent: number): string {
  const [first = '', ...others] = wrapText(text, TERMINAL_COLUMNS);
  const rest = others.length === 0 ? [] : wrapText(others.join(' '), TERMINAL_COLUMNS - indent);
  return [first, ...rest.map((line) => `${' '.repeat(indent)}${line}`)].map((line) => `${line}\n`).join('');
}

function style(format: 'bold' | 'dim' | 'yellow', text: string): string {
  return styleText(format, text, { validateStream: false });
}

/** What came from a file must not steer the terminal. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
