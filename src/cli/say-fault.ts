import { visibleJson, visibleText } from '../core/content/visible-text.ts';
import type { CliContext } from './cli-context.ts';
import type { CliFault } from './load-admin-target.ts';

/**
 * Says on stderr what went wrong, and ends with the exit code of that. The words may repeat what an operator typed, or come from the gateway.
 * A program that asked for `--json` reads one document a line here, too.
 */
export function sayFault(
  context: Pick<CliContext, 'stderr' | 'exitWith'>,
  { message, help, exitCode }: CliFault,
  json = false,
): void {
  context.stderr.write(json ? `${visibleJson({ ok: false, message, help })}\n` : inWords(message, help));
  context.exitWith(exitCode);
}

function inWords(message: string, help: string | null): string {
  return `countersign: ${visibleText(message)}\n${help === null ? '' : `help: ${visibleText(help)}\n`}`;
}
