import type { LogVerdict } from '../core/audit/verify/check-log.ts';
import type { LogFault } from '../core/audit/verify/log-fault.ts';
import { NOT_PROVED, sayVerdict } from '../core/audit/verify/say-verdict.ts';
import { visibleText } from '../core/content/visible-text.ts';
import { wrapText } from '../core/wrap-text.ts';
import { type CliContext, paint } from './cli-context.ts';
import { renderFields } from './layout.ts';

const WIDTH = 80;

/** What was checked, the first bad entry, some further ones, and what all of it does not prove. */
export function renderVerdict(verdict: LogVerdict, shown: Pick<CliContext, 'color'>): string {
  const { faults, faultCount } = verdict;
  const [first, ...others] = faults;
  return [
    paint(shown, faultCount === 0 ? 'none' : 'red', `${sayVerdict(verdict)}\n`),
    first === undefined ? '' : `\n${renderFault('First bad entry', first, shown)}`,
    ...others.map((fault) => `\n${renderFault('Bad entry', fault, shown)}`),
    faultCount > faults.length ? `\nNot shown: ${faultCount - faults.length} more (--faults).\n` : '',
    renderInFlight(verdict),
    `\n${wrapText(NOT_PROVED, WIDTH).join('\n')}\n`,
  ].join('');
}

function renderFault(
  title: string,
  { sequence, check, expected, got }: LogFault,
  shown: Pick<CliContext, 'color'>,
): string {
  return renderFields(shown, [
    [title, `#${sequence} (${check})`],
    ['  expected', expected],
    ['  got', got],
  ]);
}

function renderInFlight({ inFlight, inFlightCount }: LogVerdict): string {
  if (inFlightCount === 0) return '';
  const named = inFlight.map(({ sequence }) => `#${sequence}`).join(', ');
  const more = inFlightCount > inFlight.length ? ` and ${inFlightCount - inFlight.length} more` : '';
  const text = `In flight, without an outcome so far: ${named}${more}.`;
  return `\n${wrapText(visibleText(text), WIDTH).join('\n')}\n`;
}
