import type { Notice } from '../../core/notify/notice.ts';
import type { Clock, Ids } from '../../ports/clock.ts';
import type { NoticeStore, WaitingNotice } from '../../ports/notice-store.ts';
import type { Delivered, Message, Receiver } from './receiver.ts';

export interface DeliveriesOptions {
  /** Before each further attempt. After the last one, the message is given up. */
  readonly retryDelaysMs: readonly number[];
  readonly attemptTimeoutMs: number;
  /** Notices of one receiver that are not delivered yet. */
  readonly waitingMax: number;
}

export const DELIVERY_LIMITS: DeliveriesOptions = {
  retryDelaysMs: [5, 30, 120, 600, 1800, 3600, 10_800, 21_600].map((seconds) => seconds * 1000),
  attemptTimeoutMs: 10_000,
  waitingMax: 1000,
};

export interface DeliveriesDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly store: NoticeStore;
  readonly digestOf: (members: readonly Notice[]) => Notice;
  readonly report: (problem: string, error?: unknown) => void;
}

/** What one receiver has not taken yet. */
export interface DeliveryQueue {
  add(notice: Notice, id: string, timeMs: number): void;
  takeUp(waiting: WaitingNotice): void;
}

export interface QueueDeps extends DeliveriesDeps {
  readonly options: DeliveriesOptions;
  readonly signal: AbortSignal;
}

/** Of a delay, so that receivers that were down together are not all asked at once when they are back. */
const JITTER = 0.2;
/** A timer of Node's does not wait longer; it looks again then. */
const TIMER_MS_MAX = 2 ** 31 - 1;

interface QueueState {
  /** By id, in the order of their arrival. */
  readonly waiting: Map<string, WaitingNotice>;
  readonly underWay: Set<string>;
  /** What is not stored yet. It is told once it is, so that what a receiver has not taken before a crash is told again. */
  readonly unstored: Set<string>;
  attempts: number;
  /** Until when requests are held back to be told together. */
  digestUntilMs: number;
  isGone: boolean;
  timer: NodeJS.Timeout | undefined;
}

export function createQueue(receiver: Receiver, deps: QueueDeps): DeliveryQueue {
  const state: QueueState = {
    waiting: new Map(),
    underWay: new Set(),
    unstored: new Set(),
    attempts: 0,
    digestUntilMs: 0,
    isGone: false,
    timer: undefined,
  };
  deps.signal.addEventListener('abort', () => clearTimeout(state.timer));

  function pump(): void {
    clearTimeout(state.timer);
    if (deps.signal.aborted || state.isGone) return;
    while (state.attempts < receiver.attemptsMax) {
      const group = takeDue(receiver, state, deps.clock.nowMs());
      if (group.length === 0) break;
      state.attempts += 1;
      for (const { id } of group) state.underWay.add(id);
      void attempt(receiver, state, deps, group).then(() => {
        state.attempts -= 1;
        for (const { id } of group) state.underWay.delete(id);
        pump();
      });
    }
    const nextMs = nextDueMs(state);
    if (nextMs === null || state.attempts >= receiver.attemptsMax) return;
    const waitMs = Math.min(Math.max(nextMs - deps.clock.nowMs(), 0), TIMER_MS_MAX);
    state.timer = setTimeout(pump, waitMs).unref();
  }

  return {
    add(notice, id, timeMs) {
      if (state.isGone) return;
      dropOlder(receiver, state, deps, notice);
      if (!receiver.wants(notice)) return;
      if (state.waiting.size >= deps.options.waitingMax && !makeRoom(receiver, state, deps, notice)) {
        deps.report(`a message to ${receiver.name} was left out: ${deps.options.waitingMax} wait for it already`);
        return;
      }
      const dueMs = dueMsOf(receiver, state, notice, timeMs);
      const waiting = { id, receiver: receiver.key, notice, timeMs, attempts: 0, dueMs };
      state.waiting.set(id, waiting);
      state.unstored.add(id);
      void keep(deps, deps.store.put([waiting])).then(() => {
        state.unstored.delete(id);
        pump();
      });
    },
    takeUp(waiting) {
      state.waiting.set(waiting.id, waiting);
      pump();
    },
  };
}

/** A store that fails has said so already. Then what waits is lost with the process, and nothing else. */
async function keep({ signal, report }: QueueDeps, change: Promise<void>): Promise<void> {
  try {
    await change;
  } catch (error) {
    if (!signal.aborted) report('what is to be told could not be stored; a restart would lose it', error);
  }
}

/** What is decided need not be asked for any more, unless it was told already, or is about to be where a later message changes it. */
function dropOlder(receiver: Receiver, state: QueueState, deps: QueueDeps, { subject }: Notice): void {
  if (!receiver.isNewestEnough && receiver.digestMs === 0) return;
  const older = [...state.waiting.values()].filter(
    ({ id, notice, attempts }) =>
      notice.subject === subject &&
      !state.underWay.has(id) &&
      (receiver.isNewestEnough ? !state.unstored.has(id) : attempts === 0 && notice.type === 'approval.requested'),
  );
  if (older.length > 0) leave(receiver, state, deps, older);
}

/** Requests come as fast as agents ask; what they fill must not keep an operator from hearing of a kill switch or a changed tool. */
function makeRoom(receiver: Receiver, state: QueueState, deps: QueueDeps, { type }: Notice): boolean {
  if (type.startsWith('approval.')) return false;
  const [oldest] = [...state.waiting.values()].filter(
    ({ id, notice }) => notice.type.startsWith('approval.') && !state.underWay.has(id),
  );
  if (oldest === undefined) return false;
  deps.report(`a message to ${receiver.name} gave way to another one: ${deps.options.waitingMax} wait for it already`);
  leave(receiver, state, deps, [oldest]);
  return true;
}

function leave(receiver: Receiver, state: QueueState, deps: QueueDeps, group: readonly WaitingNotice[]): void {
  for (const { id } of group) state.waiting.delete(id);
  void keep(deps, deps.store.remove(group.map(({ id }) => ({ id, receiver: receiver.key }))));
}

function dueMsOf({ digestMs }: Receiver, state: QueueState, { type }: Notice, nowMs: number): number {
  if (digestMs === 0 || type !== 'approval.requested') return nowMs;
  if (nowMs < state.digestUntilMs) return state.digestUntilMs;
  state.digestUntilMs = nowMs + digestMs;
  return nowMs;
}

/** One notice, or the requests that are told together. Empty: nothing is due. */
function takeDue({ digestMs }: Receiver, state: QueueState, nowMs: number): readonly WaitingNotice[] {
  const due = idle(state).filter(({ dueMs }) => dueMs <= nowMs);
  const [first] = due;
  if (first === undefined) return [];
  if (digestMs === 0 || first.notice.type !== 'approval.requested') return [first];
  state.digestUntilMs = nowMs + digestMs;
  return due.filter(({ notice }) => notice.type === 'approval.requested');
}

function idle({ waiting, underWay, unstored }: QueueState): readonly WaitingNotice[] {
  return [...waiting.values()].filter(({ id }) => !underWay.has(id) && !unstored.has(id));
}

function nextDueMs(state: QueueState): number | null {
  const due = idle(state).map(({ dueMs }) => dueMs);
  return due.length === 0 ? null : due.reduce((least, each) => Math.min(least, each));
}

async function attempt(
  receiver: Receiver,
  state: QueueState,
  deps: QueueDeps,
  group: readonly WaitingNotice[],
): Promise<void> {
  const signal = AbortSignal.any([deps.signal, AbortSignal.timeout(deps.options.attemptTimeoutMs)]);
  const delivered = await receiver.deliver(messageOf(group, deps), signal);
  if (deps.signal.aborted) return;
  switch (delivered.kind) {
    case 'taken':
      return leave(receiver, state, deps, group);
    case 'refused':
      deps.report(`${receiver.name} did not take a message: ${delivered.problem}`);
      return leave(receiver, state, deps, group);
    case 'gone':
      deps.report(`${receiver.name} ${delivered.problem}; it gets none until the next start`);
      state.isGone = true;
      return leave(receiver, state, deps, [...state.waiting.values()]);
    case 'failed':
      return putOff(receiver, state, deps, group, delivered);
  }
}

function messageOf(group: readonly WaitingNotice[], { digestOf }: QueueDeps): Message {
  const timeMs = group.reduce((latest, each) => Math.max(latest, each.timeMs), 0);
  const [first] = group;
  if (first === undefined) throw new Error('INVARIANT: there is something to deliver');
  if (group.length === 1) return { id: first.id, notice: first.notice, members: [], timeMs };
  const members = group.map(({ notice }) => notice);
  const digest = digestOf(members);
  return { id: digest.subject.replace('digest_', 'msg_'), notice: digest, members, timeMs };
}

function putOff(
  receiver: Receiver,
  state: QueueState,
  deps: QueueDeps,
  group: readonly WaitingNotice[],
  { problem, afterMs, isForOperator }: Delivered & { readonly kind: 'failed' },
): void {
  const { retryDelaysMs } = deps.options;
  const nowMs = deps.clock.nowMs();
  const tried = group.map((each) => ({ ...each, attempts: each.attempts + 1 }));
  const over = tried.filter(({ attempts }) => attempts > retryDelaysMs.length);
  if (over.length > 0) {
    deps.report(`a message to ${receiver.name} was given up after ${retryDelaysMs.length + 1} attempts: ${problem}`);
    leave(receiver, state, deps, over);
  } else if (isForOperator) {
    deps.report(`${receiver.name} does not take messages: ${problem}`);
  }
  const later = tried
    .filter(({ attempts }) => attempts <= retryDelaysMs.length)
    .map((each) => ({ ...each, dueMs: nowMs + delayMs(retryDelaysMs[each.attempts - 1] ?? 0, afterMs) }));
  for (const each of later) state.waiting.set(each.id, each);
  if (later.length > 0) void keep(deps, deps.store.put(later));
}

function delayMs(plannedMs: number, afterMs: number | null): number {
  return Math.max(plannedMs * (1 + JITTER * Math.random()), afterMs ?? 0);
}
