import { styleText } from 'node:util';
import type { Problem } from '../core/problem.ts';

/**
 * Problems as people and editors read them, one block each, in the order of their places:
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

function renderProblem({ severity, place, subject, message, got, help }: Problem, color: boolean): string {
  const style = (format: 'bold' | 'dim' | 'yellow', text: string): string =>
    color ? styleText(format, text, { validateStream: false }) : text;
  const warning = severity === 'warning' ? style('yellow', 'warning: ') : '';
  const rest = got === null ? message : `${message}; got ${visible(got)}`;
  const helpLine = help === null ? '' : `  ${style('dim', 'help:')} ${visible(help)}\n`;
  return `${style('bold', place)}: ${warning}${visible(subject)}: ${visible(rest)}\n${helpLine}`;
}

/** What came from a file must not steer the terminal. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
