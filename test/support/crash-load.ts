import { setTimeout as sleep } from 'node:timers/promises';
import type { ApprovalList } from '../../src/core/admin-api/approval-view.ts';
import type { GatewayClient } from './gateway-process.ts';
import type { HostAnswer, HostClient } from './host-client.ts';

/** What the people in front of the gateway were told. It outlives every crash, because it is theirs. */
export interface ClientLedger {
  /** How many answers of the gateway, of whatever kind, came for calls with this mark. */
  readonly answers: Map<string, number>;
  /** Marks of reads whose result came. */
  readonly reads: Set<string>;
  /** Writes whose story is not over. */
  readonly writes: Map<string, Write>;
  /** Kill switches by id, as far as it was acknowledged. `in-doubt`: their release was asked for and not answered. */
  readonly switches: Map<string, 'on' | 'in-doubt' | 'off'>;
  /** What no honest gateway would have answered, or when. */
  readonly surprises: string[];
}

/** How far an approved write has come: what was asked for, and what was answered. */
export interface Write {
  readonly mark: string;
  readonly tool: string;
  approvalId: string | null;
  approval: 'not-asked' | 'in-doubt' | 'acknowledged';
  run: 'not-asked' | 'in-doubt' | 'acknowledged';
}

export interface LoadParties {
  readonly gateway: GatewayClient;
  readonly host: HostClient;
  readonly ledger: ClientLedger;
  /** Begins each mark, so that every one is its own. */
  readonly round: number;
  /** Aborts when the gateway has been killed: an answer that is lost from then on is no surprise. */
  readonly killed: AbortSignal;
}

export const LEDGER_TOOLS = ['read', 'read_stopped', 'write', 'write_held'] as const;
export const STOPPED_TOOL = 'ledger/read_stopped';

const READERS = 8;
const WRITERS = 4;
const HELD_WRITERS = 2;
const APPROVER_PAUSE_MS = 5;

export function createClientLedger(): ClientLedger {
  return { answers: new Map(), reads: new Set(), writes: new Map(), switches: new Map(), surprises: [] };
}

/** Calls of every kind at once, until the gateway is gone. Each party goes on as soon as it is answered. */
export async function runLoad(parties: LoadParties): Promise<void> {
  await Promise.all([
    ...repeat(READERS, (who) => keepReading(parties, `reader${who}`)),
    ...repeat(WRITERS, (who) => keepWriting(parties, `writer${who}`)),
    ...repeat(HELD_WRITERS, (who) => keepHolding(parties, `holder${who}`)),
    keepApproving(parties),
    keepStopping(parties),
  ]);
}

/** One call, with its answer noted. `mark` tells it from all others. */
export async function callMarked(
  { host, ledger, killed }: Pick<LoadParties, 'host' | 'ledger'> & { readonly killed: AbortSignal | null },
  tool: string,
  args: { readonly mark: string; readonly delayMs?: number },
  options: { readonly held?: boolean } = {},
): Promise<HostAnswer> {
  const answer = await host.call(`ledger__${tool}`, args, options);
  if (answer.kind === 'lost') {
    if (killed?.aborted !== true) ledger.surprises.push(`${tool} ${args.mark}: lost (${answer.cause})`);
    return answer;
  }
  ledger.answers.set(args.mark, (ledger.answers.get(args.mark) ?? 0) + 1);
  return answer;
}

async function keepReading(parties: LoadParties, who: string): Promise<void> {
  const { ledger, round, killed } = parties;
  for (let turn = 0; !killed.aborted; turn += 1) {
    const mark = `${round}-${who}-${turn}`;
    // Some are under way for a while, so that every kill finds calls that the upstream has and has not answered.
    const answer = await callMarked(parties, 'read', { mark, delayMs: (turn % 4) * 5 });
    if (answer.kind === 'lost') continue;
    if (answer.kind === 'result' && answer.text === mark) ledger.reads.add(mark);
    else ledger.surprises.push(`read ${mark}: ${JSON.stringify(answer)}`);
  }
}

/** Asks, has it approved, and asks again to run it; every third is approved and left for the time after the crash. */
async function keepWriting(parties: LoadParties, who: string): Promise<void> {
  for (let turn = 0; !parties.killed.aborted; turn += 1) {
    const write = openWrite(parties, 'write', `${who}-${turn}`);
    await askForApproval(parties, write);
    if (write.approvalId === null) continue;
    await approve(parties, write);
    if (write.approval === 'acknowledged' && turn % 3 !== 0) await runApproved(parties, write);
  }
}

/** Its call is held until somebody approves it, and runs then. */
async function keepHolding(parties: LoadParties, who: string): Promise<void> {
  for (let turn = 0; !parties.killed.aborted; turn += 1) {
    const write = openWrite(parties, 'write_held', `${who}-${turn}`);
    write.run = 'in-doubt';
    noteRun(parties, write, await callMarked(parties, write.tool, { mark: write.mark }, { held: true }));
  }
}

/** An approver who sees what is held, and agrees. */
async function keepApproving(parties: LoadParties): Promise<void> {
  const { gateway, ledger, killed } = parties;
  while (!killed.aborted) {
    await sleep(APPROVER_PAUSE_MS);
    const listed = await orNull(gateway.admin('GET', '/api/approvals?status=pending&limit=200'));
    const { approvals = [] } = (listed?.json ?? {}) as Partial<ApprovalList>;
    for (const { id, tool, arguments: args } of approvals) {
      const write = ledger.writes.get((args as { mark: string }).mark);
      if (tool !== 'write_held' || write === undefined || write.approval !== 'not-asked') continue;
      write.approvalId = id;
      await approve(parties, write);
    }
  }
}

/** Stops a tool, sees that it is stopped, and releases it again. */
async function keepStopping(parties: LoadParties): Promise<void> {
  const { gateway, ledger, round, killed } = parties;
  for (let turn = 0; !killed.aborted; turn += 1) {
    const pulled = await orNull(
      gateway.admin('POST', '/api/kill-switch', { scope: { tool: STOPPED_TOOL }, reason: 'a test' }),
    );
    if (pulled === null) continue;
    const id = String(pulled.json['id']);
    if (pulled.status !== 200) ledger.surprises.push(`kill switch: ${pulled.body}`);
    ledger.switches.set(id, 'on');
    const stopped = await callMarked(parties, 'read_stopped', { mark: `${round}-stopped-${turn}` });
    const isStopped = stopped.kind === 'lost' || (stopped.kind === 'error' && stopped.code === -31002);
    if (!isStopped) ledger.surprises.push(`a stopped tool: ${JSON.stringify(stopped)}`);
    ledger.switches.set(id, 'in-doubt');
    const released = await orNull(gateway.admin('DELETE', `/api/kill-switch/${id}`));
    if (released?.status === 200) ledger.switches.set(id, 'off');
    else if (released !== null) ledger.surprises.push(`release: ${released.body}`);
  }
}

function openWrite({ ledger, round }: LoadParties, tool: string, name: string): Write {
  const mark = `${round}-${name}`;
  const write: Write = { mark, tool, approvalId: null, approval: 'not-asked', run: 'not-asked' };
  ledger.writes.set(mark, write);
  return write;
}

async function askForApproval(parties: LoadParties, write: Write): Promise<void> {
  const answer = await callMarked(parties, write.tool, { mark: write.mark });
  if (answer.kind === 'lost') return;
  if (answer.kind === 'result' && answer.status === 'approval_pending') write.approvalId = answer.approvalId;
  else parties.ledger.surprises.push(`asking for ${write.mark}: ${JSON.stringify(answer)}`);
}

export async function approve(
  { gateway, ledger }: Pick<LoadParties, 'gateway' | 'ledger'>,
  write: Write,
): Promise<void> {
  write.approval = 'in-doubt';
  const approved = await orNull(gateway.admin('POST', `/api/approvals/${write.approvalId}/approve`, {}));
  if (approved?.status === 200) write.approval = 'acknowledged';
  else if (approved !== null) ledger.surprises.push(`approving ${write.mark}: ${approved.body}`);
}

async function runApproved(parties: LoadParties, write: Write): Promise<void> {
  write.run = 'in-doubt';
  noteRun(parties, write, await callMarked(parties, write.tool, { mark: write.mark }));
}

function noteRun({ ledger }: LoadParties, write: Write, answer: HostAnswer): void {
  if (answer.kind === 'lost') return;
  if (answer.kind === 'result' && !answer.isError && answer.text === write.mark) write.run = 'acknowledged';
  else ledger.surprises.push(`running ${write.mark}: ${JSON.stringify(answer)}`);
}

/** `null`: no answer came. What that means, the restart shows. */
async function orNull<T extends { readonly status: number }>(answer: Promise<T>): Promise<T | null> {
  try {
    const { status } = await answer;
    // A connection that ended before its first line gives no number.
    return Number.isNaN(status) ? null : await answer;
  } catch {
    return null;
  }
}

function repeat(times: number, run: (index: number) => Promise<void>): Promise<void>[] {
  return Array.from({ length: times }, (_, index) => run(index));
}
