import { scanTools, type ScannedTool } from '../core/catalog/scan-tools.ts';
import type { Json } from '../core/json/value.ts';
import { visibleJson, visibleText } from '../core/content/visible-text.ts';
import { paint } from './cli-context.ts';
import type { CommandOutcome } from './command-outcome.ts';

export interface ShownForm {
  readonly json: boolean;
  readonly color: boolean;
}

/** What is suspicious in tool definitions. Exit code 1 where anything is. */
export function reportScan(definitions: readonly Json[], form: ShownForm): CommandOutcome {
  const scanned = scanTools(definitions);
  const suspicious = scanned.filter(({ findings }) => findings.length > 0);
  const exitCode = suspicious.length === 0 ? 0 : 1;
  if (form.json) return { exitCode, output: `${visibleJson(scanned)}\n` };
  const summary = `${scanned.length} tools, ${suspicious.length === 0 ? 'none' : suspicious.length} with findings\n`;
  return { exitCode, output: `${suspicious.map((tool) => renderTool(tool, form)).join('')}${summary}` };
}

function renderTool({ name, findings }: ScannedTool, form: ShownForm): string {
  const lines = findings.map(({ sign, place, detail }) => {
    const where = visibleText(place === '' ? '/' : place);
    return `  ${paint(form, 'yellow', sign)} ${paint(form, 'dim', where)}\n    ${visibleText(detail)}\n`;
  });
  return `${paint(form, 'bold', visibleText(name === '' ? '(no name)' : name))}\n${lines.join('')}\n`;
}
