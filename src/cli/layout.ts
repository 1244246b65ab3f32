import { visibleText } from '../core/content/visible-text.ts';
import { type CliContext, paint } from './cli-context.ts';

/** One cell: text from anywhere, and perhaps a colour for it. */
export type Cell = string | { readonly text: string; readonly style: Parameters<typeof paint>[1] };

/** Columns under a head, two spaces apart. Every cell is made visible here, so that no command can forget to. */
export function renderTable(
  context: Pick<CliContext, 'color'>,
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
): string {
  const lines = [head.map((text) => ({ text, style: 'dim' as const })), ...rows.map((row) => row.map(asVisible))];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => widthOf(line[column]?.text ?? ''))));
  return lines
    .map((line) =>
      line
        .map(({ text, style }, column) => {
          const padding = column === head.length - 1 ? '' : ' '.repeat((widths[column] ?? 0) - widthOf(text) + 2);
          return `${paint(context, style, text)}${padding}`;
        })
        .join(''),
    )
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

/** Names and values, one pair a line. Pairs without a value are left out. */
export function renderFields(
  context: Pick<CliContext, 'color'>,
  fields: readonly (readonly [string, Cell | null])[],
): string {
  const width = Math.max(...fields.map(([name]) => name.length)) + 2;
  return fields
    .flatMap(([name, cell]) => {
      if (cell === null) return [];
      const { text, style } = asVisible(cell);
      return [`${paint(context, 'dim', name.padEnd(width))}${paint(context, style, text)}\n`];
    })
    .join('');
}

function asVisible(cell: Cell): Exclude<Cell, string> {
  const { text, style } = typeof cell === 'string' ? { text: cell, style: 'none' as const } : cell;
  return { text: visibleText(text), style };
}

/** In code points: letters of double width shift their line, and nothing else. */
function widthOf(text: string): number {
  return Array.from(text).length;
}
