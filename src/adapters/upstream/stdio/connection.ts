import { visibleText } from '../../../core/content/visible-text.ts';
import type { JsonObject } from '../../../core/json/value.ts';
import { type UpstreamNotice, parseNotice } from '../../../core/mcp/notices.ts';
import { type Result, assertNever, ok } from '../../../core/result.ts';
import { type AnswerRoom, SMALL_ANSWER_BYTES_MAX } from '../../../ports/answer-room.ts';
import type { UpstreamFault } from '../../../ports/upstream.ts';
import type { Place } from '../bulkhead.ts';
import { answerAsk, type CallSide } from '../call-side.ts';
import { notSent, sent } from '../fault.ts';
import type { ByteBudget } from '../byte-budget.ts';
import type { ProgressGate } from '../progress-gate.ts';
import { findAnswerId } from '../rpc/find-answer-id.ts';
import { type RpcResponse, type UpstreamMessage, readMessage } from '../rpc/read-message.ts';
import { writeAnswer, writeNotification, writeRequest } from '../rpc/write-message.ts';
import type { Child, ChildEnd, ChildLimits, ChildListener } from './child.ts';
import { UnfinishedAnswer } from './unfinished-answer.ts';

/** One JSON-RPC request to a process. */
export interface ChildRequest {
  readonly method: string;
  /** Written once the id is known, which is the progress token, too. */
  readonly paramsJson: (id: number) => string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly progressGate: ((id: number) => ProgressGate) | null;
  /** What the process may do beside answering a call of a host's; nothing, unless it is given. */
  readonly side?: ChildSide;
  /** Among the requests that run at once; left when the process is not read for a while. */
  readonly place?: Place;
}

export interface ChildSide extends CallSide {
  /** Whose call it is. What could belong to calls of two owners belongs to neither. */
  readonly owner: string;
}

/** A conversation with one process: requests of several calls interleave and are told apart by their ids. */
export interface Connection {
  request(request: ChildRequest): Promise<Result<RpcResponse, UpstreamFault>>;
  notify(method: string, paramsJson: string): void;
  isOpen(): boolean;
  isIdle(): boolean;
  /** Ends the process. Resolves when it is gone. */
  close(): Promise<void>;
}

export interface ConnectionLimits extends ChildLimits {
  /** Lines that are no message of ours. More mean that this is no MCP server, or that it has lost its way. */
  readonly badLinesMax: number;
  readonly unreadTimeoutMs: number;
}

export interface ConnectionDeps {
  /** Calls of several people interleave. */
  readonly isShared: boolean;
  /** What all unfinished lines of the upstream take. */
  readonly budget: ByteBudget;
  readonly onNotice: (notice: UpstreamNotice) => void;
  readonly report: (problem: string) => void;
  readonly onUninvited: (method: string) => void;
  /** The process is gone, wanted or not. */
  readonly onGone: (end: ChildEnd) => void;
}

/** Starts the other side of a conversation: a process, or what is spoken to like one. */
export type StartPeer = (limits: ChildLimits, listener: ChildListener) => Child;

export function openConnection(start: StartPeer, limits: ConnectionLimits, deps: ConnectionDeps): Connection {
  const pending = new Map<number, Pending>();
  const unfinished = new UnfinishedAnswer({
    reading: { pause: () => child.pause(), resume: () => child.resume(), cut: () => child.cut() },
    isShared: deps.isShared,
    budget: deps.budget,
    unreadTimeoutMs: limits.unreadTimeoutMs,
    findRoom: () => findRoom(pending),
    onWait: () => pending.forEach(({ place }) => place?.leave()),
  });
  const talk: Talk = { limits, deps, unfinished, pending, lastId: 0, badLines: 0, hasRefused: false, isOpen: true };
  const child = start(limits, {
    onLine: (line) => onLine(talk, child, line),
    onCutLine: (ends) => onCutLine(talk, child, ends),
    onUnfinished: (bytes) => unfinished.grow(bytes),
    onLineTooLong: () => giveUp(talk, child, `ended for a line of more than ${limits.lineBytesMax} bytes`),
    onGone(end) {
      talk.isOpen = false;
      unfinished.end();
      for (const { settle } of talk.pending.values()) settle(sent('unreachable', `the process is gone (${end.how})`));
      deps.onGone(end);
    },
  });
  return {
    request: (request) => sendRequest(talk, child, request),
    notify: (method, paramsJson) => void child.write(writeNotification(method, paramsJson)),
    isOpen: () => talk.isOpen,
    isIdle: () => talk.pending.size === 0,
    close() {
      talk.isOpen = false;
      return child.stop();
    },
  };
}

/** Where a conversation stands. */
interface Talk {
  readonly limits: ConnectionLimits;
  readonly deps: ConnectionDeps;
  readonly unfinished: UnfinishedAnswer;
  readonly pending: Map<number, Pending>;
  lastId: number;
  badLines: number;
  hasRefused: boolean;
  isOpen: boolean;
}

interface Pending {
  readonly settle: (outcome: Result<RpcResponse, UpstreamFault>) => void;
  readonly onProgress: ProgressGate | null;
  readonly side: ChildSide | null;
  readonly place: Place | null;
}

/** Of the newest call that somebody reads. */
function findRoom(pending: ReadonlyMap<number, Pending>): AnswerRoom | null {
  return [...pending.values()].findLast(({ side }) => (side?.room ?? null) !== null)?.side?.room?.() ?? null;
}

function sendRequest(talk: Talk, child: Child, request: ChildRequest): Promise<Result<RpcResponse, UpstreamFault>> {
  const { method, paramsJson, timeoutMs, signal, progressGate, side = null, place = null } = request;
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(notSent('aborted', 'given up before it was sent'));
    const id = ++talk.lastId;
    const written = talk.isOpen ? child.write(writeRequest(id, method, paramsJson(id))) : 'gone';
    if (written === 'gone') return resolve(notSent('unreachable', 'the process is gone'));
    if (written === 'full') return resolve(notSent('overloaded', 'the process does not read its input'));

    const settle = (outcome: Result<RpcResponse, UpstreamFault>): void => {
      talk.pending.delete(id);
      clearTimeout(timer);
      side?.timer?.stop();
      signal.removeEventListener('abort', onAbort);
      resolve(outcome);
    };
    const cancel = (outcome: Result<RpcResponse, UpstreamFault>): void => {
      settle(outcome);
      child.write(writeNotification('notifications/cancelled', `{"requestId":${id}}`));
    };
    const onAbort = (): void => cancel(sent('aborted', 'given up by the caller'));
    const onTimeout = (): void =>
      cancel(talk.unfinished.isWaiting ? UNREAD : sent('timeout', `no answer within ${timeoutMs} ms`));
    const timer = side?.timer ? undefined : setTimeout(onTimeout, timeoutMs);
    side?.timer?.start(onTimeout);
    signal.addEventListener('abort', onAbort, { once: true });
    talk.pending.set(id, { settle, onProgress: progressGate?.(id) ?? null, side, place });
    if (talk.unfinished.isWaiting) place?.leave();
  });
}

const UNREAD = sent('unread', 'answers that nobody reads left no room for this one');
const OVERLOADED = sent('overloaded', 'too much is held for unfinished answers');

function onLine(talk: Talk, child: Child, line: Uint8Array): void {
  const message = readMessage(line, talk.limits.lineBytesMax);
  const isAnswer = message.ok && (message.value.kind === 'result' || message.value.kind === 'error');
  const asked = isAnswer ? talk.pending.get(Number(message.value.id)) : undefined;
  const isSmall = line.length <= SMALL_ANSWER_BYTES_MAX;
  const hasRoom = talk.unfinished.finish(line.length, isSmall ? null : (asked?.side?.room?.() ?? null));
  if (!message.ok) onBadLine(talk, child);
  else if (hasRoom) onMessage(talk, child, message.value);
  else asked?.settle(UNREAD);
}

function onCutLine(talk: Talk, child: Child, ends: Uint8Array): void {
  const why = talk.unfinished.takeCut();
  const id = findAnswerId(ends);
  if (id === null) onBadLine(talk, child);
  else talk.pending.get(id)?.settle(why === 'unread' ? UNREAD : OVERLOADED);
}

function onMessage(talk: Talk, child: Child, message: UpstreamMessage): void {
  switch (message.kind) {
    case 'result':
    case 'error':
      return onResponse(talk, child, message);
    case 'request':
      return onRequest(talk, child, message);
    case 'notification':
      return onNotification(talk, message.method, message.params);
    default:
      return assertNever(message);
  }
}

function onResponse(talk: Talk, child: Child, response: RpcResponse): void {
  const { id } = response;
  if (typeof id !== 'number' || id < 1 || id > talk.lastId) return onBadLine(talk, child);
  // An answer to a call that was given up, or a second one, is nobody's.
  talk.pending.get(id)?.settle(ok(response));
}

function onRequest(talk: Talk, child: Child, message: UpstreamMessage & { kind: 'request' }): void {
  const { id, method } = message;
  const side = method === 'ping' ? null : callOnItsMind(talk);
  if (side !== null && side.asker !== null) {
    const { asker, timer } = side;
    return void answerAsk(asker, timer, message).then((answer) => child.write(answer));
  }
  if (method !== 'ping') talk.deps.onUninvited(method);
  if (method !== 'ping' && !talk.hasRefused) {
    talk.hasRefused = true;
    talk.deps.report(`the upstream asked for ${visibleText(method)}, which was not offered; refused`);
  }
  // A process that asks and does not read gets no answers.
  child.write(writeAnswer(id, method));
}

/**
 * Over this transport nothing says which call a question or a log message belongs to. The newest call it is, as long as all that are
 * running are one owner's.
 */
function callOnItsMind(talk: Talk): ChildSide | null {
  const sides = [...talk.pending.values()].flatMap(({ side }) => (side === null ? [] : [side]));
  const newest = sides.at(-1);
  return newest !== undefined && sides.every(({ owner }) => owner === newest.owner) ? newest : null;
}

function onNotification(talk: Talk, method: string, params: JsonObject | null): void {
  const notice = parseNotice(method, params);
  if (notice !== null) talk.deps.onNotice(notice);
  if (method === 'notifications/message') callOnItsMind(talk)?.onLog?.(params);
  if (method !== 'notifications/progress') return;
  const token = params?.['progressToken'];
  if (typeof token === 'number') talk.pending.get(token)?.onProgress?.(params);
}

function onBadLine(talk: Talk, child: Child): void {
  const { badLinesMax } = talk.limits;
  if (++talk.badLines > badLinesMax)
    giveUp(talk, child, `ended for more than ${badLinesMax} lines that are no MCP messages`);
}

function giveUp(talk: Talk, child: Child, problem: string): void {
  if (!talk.isOpen) return;
  talk.isOpen = false;
  talk.deps.report(`the process was ${problem}`);
  child.kill();
}
