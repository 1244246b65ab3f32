import { stringify } from 'yaml';
import { classifyTool, type ClassProposal } from '../core/catalog/classify-tool.ts';
import type { ToolClass } from '../core/catalog/tool.ts';
import { visibleJson, visibleText } from '../core/content/visible-text.ts';
import { isJsonObject, type Json } from '../core/json/value.ts';
import type { CommandOutcome } from './command-outcome.ts';
import { type Cell, renderTable } from './layout.ts';
import type { ShownForm } from './scan.ts';

/** A class for each tool and the reasons for it, and the beginning of a policy file that a person can review and finish. */
export function reportClasses(definitions: readonly Json[], upstream: string, form: ShownForm): CommandOutcome {
  const tools = definitions.filter(isJsonObject).map((definition) => {
    const name = typeof definition['name'] === 'string' ? definition['name'] : '';
    return { name, ...classifyTool(definition) };
  });
  if (form.json) {
    const shown = tools.map(({ name, class: kind, reasons }) => ({ name, class: kind, reasons }));
    return { exitCode: 0, output: `${visibleJson(shown)}\n` };
  }
  const rows = tools.map(({ name, class: kind, reasons }): readonly Cell[] => [
    name,
    { text: kind, style: STYLES[kind] },
    reasons.join('; '),
  ]);
  const table = renderTable(form, ['TOOL', 'CLASS', 'BECAUSE'], rows);
  return { exitCode: 0, output: `${table}\n${renderDraft(tools, upstream)}` };
}

type ClassifiedTool = ClassProposal & { readonly name: string };

const STYLES = { read: 'green', write: 'yellow', never: 'red', unclassified: 'dim' } as const;

/** What is unclassified stands in no list, and stays denied until somebody puts it into one. */
function renderDraft(tools: readonly ClassifiedTool[], upstream: string): string {
  const named = (kind: ToolClass): readonly string[] =>
    tools.filter((tool) => tool.class === kind && tool.byArgument === null).map(({ name }) => visibleText(name));
  const byArgument = Object.fromEntries(
    tools.flatMap(({ name, byArgument: classes }) => (classes === null ? [] : [[visibleText(name), classes] as const])),
  );
  const classes = {
    read: named('read'),
    write: named('write'),
    never: named('never'),
    ...(Object.keys(byArgument).length > 0 && { byArgument }),
  };
  const unclassified = named('unclassified');
  const notes = [
    '# A draft. Nobody has reviewed it: read what each tool does before you rely on its class.',
    ...(unclassified.length === 0 ? [] : [`# In no class, and so denied: ${unclassified.join(', ')}`]),
  ];
  return `${notes.join('\n')}\n${stringify({ version: 1, upstream, classes, rules: [] })}`;
}
