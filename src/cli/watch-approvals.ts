import { type ApprovalView, approvalListSchema, approvalViewSchema } from '../core/admin-api/approval-view.ts';
import type { Result } from '../core/result.ts';
import { visibleJson, visibleText } from '../core/content/visible-text.ts';
import type { AdminClient } from './admin-client.ts';
import type { AdminOptions } from './admin-command.ts';
import { type AdminEvent, followEvents } from './admin-events.ts';
import { approvalPath } from './find-approval.ts';
import { type CliContext, paint } from './cli-context.ts';
import { formatTime } from './format-time.ts';
import type { AdminTarget, CliFault } from './load-admin-target.ts';

/** Of requests that what was said of them is remembered; the oldest are forgotten first. */
const REMEMBERED_MAX = 10_000;
/** As many as one list of the admin API has. More are told as they change. */
const LISTED_MAX = 200;

/**
 * Says what waits, and then every change, until it is interrupted: a table where a person looks, the same lines without a head in a pipe,
 * one document a line with --json.
 */
export async function watchApprovals(
  context: CliContext,
  client: AdminClient,
  target: AdminTarget,
  options: AdminOptions,
): Promise<Result<null, CliFault>> {
  const write = writerFor(context, options);
  /** What was said of each: an event that is told again says nothing new. */
  const said = new Map<string, string>();

  function tell(approval: ApprovalView): void {
    const news = `${approval.status} ${approval.approvedBy.length}`;
    if (said.get(approval.id) === news) return;
    said.delete(approval.id);
    said.set(approval.id, news);
    const oldest = said.size > REMEMBERED_MAX ? said.keys().next().value : undefined;
    if (oldest !== undefined) said.delete(oldest);
    write(approval);
  }

  /** What waits, and what became of those that waited when it was last asked. */
  async function tellAll(): Promise<boolean> {
    const list = await client.get(`/api/approvals?status=pending&limit=${LISTED_MAX}`, approvalListSchema);
    if (!list.ok) return false;
    const pending = new Set(list.value.approvals.map(({ id }) => id));
    const others = [...said].filter(([id, news]) => !pending.has(id) && OPEN.test(news)).map(([id]) => id);
    for (const id of others) if (!(await tellOne(id))) return false;
    for (const approval of list.value.approvals.toReversed()) tell(approval);
    return true;
  }

  async function tellOne(id: string): Promise<boolean> {
    const approval = await client.get(approvalPath(id), approvalViewSchema);
    if (approval.ok) tell(approval.value);
    return approval.ok;
  }

  return followEvents(context, target, {
    onEvent: (event) => {
      if (event.kind === 'start' || event.kind === 'gap') return tellAll();
      const id = approvalIdOf(event);
      return id === null ? Promise.resolve(true) : tellOne(id);
    },
    onLost: () =>
      context.stderr.write('countersign: the connection was lost; trying again until it is there, or Ctrl-C\n'),
  });
}

/** Kinds of entries that come with a change of an approval. */
const TELLING: ReadonlySet<string> = new Set(['approval', 'dispatch', 'outcome']);

function approvalIdOf({ kind, entry }: AdminEvent): string | null {
  const id = TELLING.has(kind) ? entry?.['approvalId'] : null;
  return typeof id === 'string' ? id : null;
}

const OPEN = /^(pending|approved|executing) /;

function writerFor(context: CliContext, { json }: AdminOptions): (approval: ApprovalView) => void {
  if (json) return (approval) => context.stdout.write(`${visibleJson(approval)}\n`);
  if (context.isTty) context.stdout.write(`${paint(context, 'dim', lineOf(HEAD))}\n`);
  return (approval) => {
    const { id, status, requester, upstream, tool, reason } = approval;
    const isPending = status === 'pending';
    const time = formatTime(isPending ? approval.createdAt : context.nowMs());
    const shown = [time, id, status, requester, `${upstream}/${tool}`, reason].map(visibleText);
    const line = lineOf(shown);
    context.stdout.write(`${isPending ? paint(context, 'yellow', line) : line}\n`);
  };
}

const HEAD = ['TIME', 'ID', 'STATUS', 'REQUESTER', 'TOOL', 'WHY ASKED'];
/** Each line is written before the next is known, so columns have a width of their own; what is longer shifts its line. */
const WIDTHS = [20, 26, 15, 16, 28, 0];

function lineOf(cells: readonly string[]): string {
  return cells
    .map((cell, column) => cell.padEnd(WIDTHS[column] ?? 0))
    .join('  ')
    .trimEnd();
}
