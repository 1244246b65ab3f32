/** What one upstream may cost at most, whatever it sends or does not send. */
export interface UpstreamLimits {
  readonly connectTimeoutMs: number;
  /** From the request to the first byte of the answer. `null`: as long as the call may take, for most answers come all at once. */
  readonly firstByteTimeoutMs: number | null;
  /** Between two pieces of an answer. `null`: as long as the call may take, for most event streams are silent before the result. */
  readonly idleTimeoutMs: number | null;
  /** The last word, whatever comes in the meantime. */
  readonly callTimeoutMs: number;
  /** The same for a call that the upstream made a task of and whose host does not hold the line. */
  readonly taskTimeoutMs: number;
  /** Tasks of the upstream's that are followed at once. More are cancelled. */
  readonly tasksMax: number;
  /** One step of finding out what the upstream speaks: a probe, a handshake, the start of a process. */
  readonly handshakeTimeoutMs: number;
  /** All pages of one tool list. */
  readonly listTimeoutMs: number;

  /** One answer: a body, all events of a stream, or a line of a process. */
  readonly answerBytesMax: number;
  /** All unfinished answers of this upstream together. */
  readonly heldBytesMax: number;
  /** How long a large answer may be left with the upstream because others are not read. */
  readonly unreadTimeoutMs: number;
  readonly eventsPerCallMax: number;
  readonly progressPerSecondMax: number;

  readonly concurrentMax: number;
  /** Calls that wait for one of the concurrent ones to end. More are turned away at once. */
  readonly waitingMax: number;
  readonly waitTimeoutMs: number;

  readonly pagesMax: number;
  readonly toolsMax: number;
  readonly listBytesMax: number;
  readonly cursorBytesMax: number;

  /** People whose session or tool list is remembered. The one not seen for longest is forgotten first. */
  readonly principalsMax: number;
  /** A session or a process that served no call for this long is ended. */
  readonly idleMs: number;
  /** How long it is believed which era an upstream is of. An upgraded server still answers `initialize`, so only asking again tells. */
  readonly eraKnownMs: number;
  /** The first pause before an upstream is asked again to tell what changes; it doubles with each failure in a row. */
  readonly attendRetryMs: number;
  readonly attendRetryMsMax: number;
  /** How long closing may take before connections and processes are cut off. */
  readonly closeTimeoutMs: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

export const UPSTREAM_LIMITS: UpstreamLimits = {
  connectTimeoutMs: 10 * SECOND_MS,
  firstByteTimeoutMs: null,
  idleTimeoutMs: null,
  callTimeoutMs: 5 * MINUTE_MS,
  taskTimeoutMs: 60 * MINUTE_MS,
  tasksMax: 256,
  handshakeTimeoutMs: 30 * SECOND_MS,
  listTimeoutMs: MINUTE_MS,

  answerBytesMax: 16 * MIB,
  heldBytesMax: 256 * MIB,
  unreadTimeoutMs: MINUTE_MS,
  eventsPerCallMax: 10_000,
  progressPerSecondMax: 10,

  concurrentMax: 64,
  waitingMax: 256,
  waitTimeoutMs: 10 * SECOND_MS,

  pagesMax: 100,
  toolsMax: 5_000,
  listBytesMax: 16 * MIB,
  cursorBytesMax: 8 * KIB,

  principalsMax: 1_000,
  idleMs: 10 * MINUTE_MS,
  eraKnownMs: 360 * MINUTE_MS,
  attendRetryMs: SECOND_MS,
  attendRetryMsMax: MINUTE_MS,
  closeTimeoutMs: 2 * SECOND_MS,
};
