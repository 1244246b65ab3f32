import type { UpstreamNotice, Wish } from '../../../core/mcp/notices.ts';
import type { Era, Revision } from '../../../core/mcp/revisions.ts';
import { type Result, ok } from '../../../core/result.ts';
import type { Upstream, UpstreamFault, UpstreamStatus } from '../../../ports/upstream.ts';
import { createBulkhead, createPlace, type Place } from '../bulkhead.ts';
import { type EraKeeper, type EraSetting, createEraKeeper } from '../era-keeper.ts';
import { createByteBudget } from '../byte-budget.ts';
import { declaredFor } from '../call-side.ts';
import { notSent } from '../fault.ts';
import { createParamsWriter, ROOTS } from '../rpc/write-params.ts';
import type { CallOutcome } from '../read-call-answer.ts';
import { createTaskFollower, type TaskFollower } from '../tasks/follow-task.ts';
import { createStatusBoard } from '../status-board.ts';
import { createNoticeBoard, type NoticeBoard } from '../notice-board.ts';
import { type ClientInfo, type Told, toldOf, type UpstreamDeps } from '../upstream-deps.ts';
import type { ChildEnd } from './child.ts';
import { type ChildRequestDeps, callChild, createChildTaskPeer, listChild } from './child-requests.ts';
import { createChildAttendances } from './child-attendances.ts';
import { type Connection, openConnection, type StartPeer } from './connection.ts';
import { type Greeting, greet, probeEra } from './greet.ts';
import { type ProcessOwner, type Processes, type ReadyProcess, createProcesses } from './processes.ts';
import type { StdioLimits } from './stdio-limits.ts';

export interface PeerUpstreamOptions {
  readonly name: string;
  readonly transport: UpstreamStatus['transport'];
  /** One conversation for all principals. Only for servers that keep nothing of one person that another could see. */
  readonly shared: boolean;
  readonly era: EraSetting;
  readonly client: ClientInfo;
  readonly limits: StdioLimits;
}

/**
 * An MCP server that is spoken to in conversations of two directions: one for each principal, unless it is shared. What each of them is
 * held with, a process or an event stream, is `start`'s business.
 */
export function createPeerUpstream(options: PeerUpstreamOptions, deps: UpstreamDeps, start: StartPeer): Upstream {
  const { name, limits } = options;
  const notices = createNoticeBoard();
  const parts = createParts(options, deps, start, notices);
  const bulkhead = createBulkhead(limits);
  const board = createStatusBoard(name, options.transport);
  let isClosed = false;

  async function admit<T>(
    owner: ProcessOwner,
    signal: AbortSignal,
    work: (process: ReadyProcess, place: Place) => Promise<Result<T, UpstreamFault>>,
  ): Promise<Result<T, UpstreamFault>> {
    if (isClosed) return notSent('unreachable', 'the upstream is closed');
    const entered = await bulkhead.enter(signal);
    if (!entered.ok) return entered;
    const place = createPlace(bulkhead);
    try {
      const process = await parts.processes.get(owner, signal);
      return board.noted(process.ok ? await work(process.value, place) : process);
    } finally {
      place.leave();
    }
  }

  return {
    name,
    async call(call) {
      // A modern process is told with each call.
      const declared = parts.eras.known() === 'modern' ? null : declaredFor(call);
      const owner = { principal: call.caller.principal, declared };
      let era: Era = 'legacy';
      const answer = await admit(owner, call.signal, (process, place) => {
        era = process.era;
        return callChild(parts.requests, process, call, place);
      });
      if (!answer.ok || answer.value.kind !== 'task') return answer as CallOutcome;
      const find = (signal: AbortSignal) => parts.processes.get(owner, signal);
      return parts.followTask(createChildTaskPeer(parts.requests, era, call, find), call, answer.value);
    },
    async listTools({ principal }, signal) {
      const listed = await admit({ principal, declared: null }, signal, (process) =>
        listChild(parts.requests, 'tools', process, signal),
      );
      if (listed.ok) board.listed(listed.value.length);
      return listed;
    },
    list: (kind, { principal }, signal) =>
      admit({ principal, declared: null }, signal, (process) => listChild(parts.requests, kind, process, signal)),
    loadInstructions: ({ principal }, signal) =>
      admit({ principal, declared: null }, signal, async ({ instructions }) => ok(instructions)),
    onNotice: notices.add,
    attend: ({ principal }, wish) => (isClosed ? Promise.resolve() : parts.attend(principal, wish)),
    tellRootsChanged: ({ principal }) => tellRootsChanged(parts.processes, principal),
    status: () => board.read({ era: parts.eras.known(), revision: parts.revision() }),
    async close() {
      isClosed = true;
      await parts.close();
    },
  };
}

function tellRootsChanged(processes: Processes, principal: string): void {
  for (const { connection, era } of processes.declaring(principal, ROOTS)) {
    if (era === 'legacy') connection.notify('notifications/roots/list_changed', '{}');
  }
}

interface Parts {
  readonly eras: EraKeeper;
  readonly processes: Processes;
  readonly requests: ChildRequestDeps;
  readonly followTask: TaskFollower;
  readonly attend: (principal: string, wish: Wish) => Promise<void>;
  /** What the newest process agreed on. */
  readonly revision: () => Revision | null;
  readonly close: () => Promise<void>;
}

type Open = (principal: string | null, onGone: (end: ChildEnd) => void) => Connection;

/** `null`: nobody's in particular, and everybody's where it is shared. */
function createOpener(
  { limits, shared }: PeerUpstreamOptions,
  start: StartPeer,
  notices: NoticeBoard,
  told: Told,
): Open {
  const budget = createByteBudget(limits.heldBytesMax);
  return (principal, onGone) => {
    const onNotice = (notice: UpstreamNotice): void => notices.announce(notice, shared ? null : principal);
    const connectionLimits = { ...limits, lineBytesMax: limits.answerBytesMax };
    return openConnection(start, connectionLimits, { ...told, isShared: shared, budget, onNotice, onGone });
  };
}

function createParts(options: PeerUpstreamOptions, deps: UpstreamDeps, start: StartPeer, notices: NoticeBoard): Parts {
  const { client, limits } = options;
  const told = toldOf(options.name, deps);
  const open = createOpener(options, start, notices, told);
  const params = { legacy: createParamsWriter('legacy', client), modern: createParamsWriter('modern', client) };
  const closing = new AbortController();
  const { signal } = closing;
  const greeting: Greeting = { client, modernParams: params.modern, timeoutMs: limits.handshakeTimeoutMs, signal };

  let revision: Revision | null = null;
  let probing: Promise<unknown> = Promise.resolve();
  const eras = createEraKeeper(
    {
      setting: options.era,
      clock: deps.clock,
      onChange: (era) => told.report(`the upstream is ${era} now`),
      probe() {
        const probed = probeEra((onGone) => open(null, onGone), greeting);
        probing = probed;
        return probed;
      },
    },
    limits.eraKnownMs,
  );
  const newcomers = new Map<string, (process: ReadyProcess) => Promise<void>>();
  const processes = createProcesses(
    {
      clock: deps.clock,
      open,
      report: told.report,
      onReady: (principal, process) => newcomers.get(principal)?.(process) ?? Promise.resolve(),
      async greet(connection, era, declared) {
        const greeted = await greet(connection, era, greeting, declared);
        if (greeted.ok) revision = greeted.value.revision;
        else if (greeted.error.kind === 'invalid-answer') eras.doubt();
        return greeted;
      },
      era: () => Promise.resolve(eras.current(signal)),
    },
    limits,
    options.shared,
  );
  const { attend, close: stopAttending } = createChildAttendances(options, deps, {
    processes,
    newcomers,
    modernParams: params.modern,
  });
  return {
    eras,
    processes,
    attend,
    requests: { params, clock: deps.clock, limits, report: told.report },
    followTask: createTaskFollower({ clock: deps.clock, limits }),
    revision: () => revision,
    async close() {
      closing.abort();
      stopAttending();
      await Promise.all([processes.end(), probing]);
    },
  };
}
