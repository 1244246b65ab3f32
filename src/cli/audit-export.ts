import type { Command } from 'commander';
import { countText } from '../core/audit/verify/say-verdict.ts';
import { visibleJson, visibleText } from '../core/content/visible-text.ts';
import { err, ok, type Result } from '../core/result.ts';
import { formatTimestamp } from '../core/timestamp.ts';
import { faultOfAnswer, unreachable } from './admin-client.ts';
import { type AdminOptions, runAdminCommand, withTargetOptions } from './admin-command.ts';
import type { CliContext } from './cli-context.ts';
import { createFileSink, createStdoutSink, type LineSink } from './line-sink.ts';
import type { AdminTarget, CliFault } from './load-admin-target.ts';
import { parseMoment } from './parse-option.ts';
import { createProgress } from './progress.ts';
import { readLines } from './read-export.ts';

type Moment = ReturnType<typeof parseMoment>;

interface ExportOptions extends AdminOptions {
  readonly since?: Moment;
  readonly until?: Moment;
  readonly output?: string;
}

interface Exported {
  readonly entries: number;
  readonly first: string | null;
  readonly last: string | null;
}

/** Lines are handed on in pieces of about this length. */
const PIECE_CHARS = 64 * 1024;
/** What every entry ends with: `leafOf` in src/core/audit/encode-entry.ts. */
const SEQUENCE = /"seq":(\d+),"v":\d+\}$/;

export function registerAuditExport(audit: Command, context: CliContext): void {
  const command = audit
    .command('export')
    .description(
      'the entries as they are stored, one a line, oldest first, without arguments; for auditors, and recorded',
    )
    .option('--since <time>', 'from the first entry of this time, such as 2026-11-20T00:00:00Z or 7d', parseMoment)
    .option('--until <time>', 'up to this time, which is not among them', parseMoment)
    .option('--output <file>', 'a new file, for its owner alone (default: standard output)')
    .option('--json', 'the entries are JSON in any case; what is said about them, too');
  withTargetOptions(command).action((options: ExportOptions) =>
    runAdminCommand(context, options, (_client, target) => exportLog(context, target, options)),
  );
}

/** Says on stderr what came of it, because stdout may be the export. */
async function exportLog(
  context: CliContext,
  target: AdminTarget,
  options: ExportOptions,
): Promise<Result<null, CliFault>> {
  const sink = await openSink(context, options.output);
  if (!sink.ok) return sink;
  const exported = await copyLines(context, target, { url: urlOf(target, options, context.nowMs()), sink: sink.value });
  if (!exported.ok) {
    await sink.value.abandon();
    return exported;
  }
  await sink.value.finish();
  const { entries, first, last } = exported.value;
  if (options.json) {
    const said = { ok: true, entries, first, last, output: options.output ?? null };
    context.stderr.write(`${visibleJson(said)}\n`);
    return ok(null);
  }
  const range = first === null ? '' : `, #${first} to #${last}`;
  const place = options.output === undefined ? '' : `, to ${options.output}`;
  context.stderr.write(
    `Exported ${countText(entries)} ${entries === 1 ? 'entry' : 'entries'}${range}${visibleText(place)}.\n`,
  );
  return ok(null);
}

async function openSink(context: CliContext, file: string | undefined): Promise<Result<LineSink, CliFault>> {
  if (file === undefined) return ok(createStdoutSink(context));
  try {
    return ok(await createFileSink(file));
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    return err({
      exitCode: 2,
      message: `${file} cannot be written (${code})`,
      help: 'Name a file that is not there yet.',
    });
  }
}

function urlOf({ url }: AdminTarget, { since, until }: ExportOptions, nowMs: number): URL {
  const found = new URL('/api/audit/export', url);
  if (since !== undefined) found.searchParams.set('since', formatTimestamp(since(nowMs)));
  if (until !== undefined) found.searchParams.set('until', formatTimestamp(until(nowMs)));
  return found;
}

async function copyLines(
  context: CliContext,
  target: AdminTarget,
  { url, sink }: { readonly url: URL; readonly sink: LineSink },
): Promise<Result<Exported, CliFault>> {
  const progress = createProgress(context);
  let [entries, first, last]: [number, string | null, string | null] = [0, null, null];
  try {
    const headers = { accept: 'application/jsonl' };
    const stream = await context.openStream({ url, token: target.token, headers, signal: context.signal });
    if (stream.status !== 200) return err(faultOfAnswer(stream.status, await stream.text()));
    let piece = '';
    for await (const line of readLines(stream.chunks)) {
      entries += 1;
      last = SEQUENCE.exec(line)?.[1] ?? last;
      first ??= last;
      piece += `${line}\n`;
      if (piece.length < PIECE_CHARS) continue;
      await sink.write(piece);
      piece = '';
      progress.show(entries);
    }
    if (piece !== '') await sink.write(piece);
    return ok({ entries, first, last });
  } catch (error) {
    return err(entries === 0 ? unreachable(target, error) : brokenOff(entries));
  } finally {
    progress.end();
  }
}

function brokenOff(entries: number): CliFault {
  const message = `the export broke off after ${countText(entries)} entries; what is there of it is not whole`;
  return { exitCode: 3, message, help: 'Try again; --since takes up where an earlier one ended.' };
}
