import type { Ask } from '../core/conversation/ask.ts';
import type { DurableAsk } from './durable-ask.ts';
import type { AskAnswer, HostCall, HostStream } from './gateway.ts';
import type { CallAnswer } from './steps/call-with-approval.ts';

/** What a call comes to next. */
export type Turn =
  | { readonly kind: 'done'; readonly answer: CallAnswer }
  | {
      readonly kind: 'asked';
      readonly asks: ReadonlyMap<string, Ask>;
      /** `null`: only this process can go on. */
      readonly durable: DurableAsk | null;
    };

/**
 * A call of a modern host, which goes on while no request of the host's is open: the host is asked by way of an answer, and answers with
 * its next request. To the pipeline it looks like one call, with one stream and one signal.
 */
export interface HeldCall {
  /** Resolves when there is something to tell the host of the newest request. Rejects with what the pipeline throws. */
  next(): Promise<Turn>;
  /** The host's next request brought the answers. It is the one that is answered from now on; `signal` ends the call. */
  resume(request: HostCall, signal: AbortSignal, answers: ReadonlyMap<string, AskAnswer>): void;
  /** Ends a call that nobody will continue. */
  end(): void;
  /** Leaves a call that waits for answers to another process: this one does nothing more with it, and is never through with it. */
  leave(): void;
  /** Resolves when the pipeline is through with it. */
  readonly settled: Promise<unknown>;
}

export function createHeldCall(first: HostCall, run: (call: HostCall) => Promise<CallAnswer>): HeldCall {
  const gone = new AbortController();
  const end = (): void => {
    gone.abort();
    // An approved call goes on without its host, but not waiting for it.
    giveAnswers?.(NO_ANSWERS);
  };
  let giveAnswers: ((answers: ReadonlyMap<string, AskAnswer>) => void) | null = null;
  let leave = (): void => undefined;
  let detach = attach(first.context.signal, end);
  /** `null` while the host has no request open. */
  let stream: HostStream | null = first.stream;
  let newest = first;
  let asked = Promise.withResolvers<Turn>();
  let isOver = false;

  const ask: HostStream['ask'] = (asks, signal, durable = null) => {
    // A host that went away is not there to be asked, also where its call goes on without it.
    if (isOver || stream === null || gone.signal.aborted || signal.aborted) return Promise.resolve(NO_ANSWERS);
    return new Promise((resolve) => {
      const settle = (answers: ReadonlyMap<string, AskAnswer>): void => {
        giveAnswers = null;
        signal.removeEventListener('abort', onAbort);
        resolve(answers);
      };
      const onAbort = (): void => settle(NO_ANSWERS);
      signal.addEventListener('abort', onAbort, { once: true });
      giveAnswers = settle;
      leave = () => {
        giveAnswers = null;
        signal.removeEventListener('abort', onAbort);
      };
      detach();
      stream = null;
      asked.resolve({ kind: 'asked', asks, durable });
    });
  };

  const done = run({
    ...first,
    context: { ...first.context, signal: gone.signal },
    stream: streamOver(first.stream.wantsProgress, () => stream, ask),
    onTask: () => newest.onTask?.() ?? Promise.resolve(false),
  })
    .finally(() => {
      isOver = true;
      giveAnswers?.(NO_ANSWERS);
    })
    .then((answer): Turn => ({ kind: 'done', answer }));

  return {
    settled: done.catch(() => undefined),
    end,
    leave: () => leave(),
    next: () => Promise.race([done, asked.promise]),
    resume(request, signal, answers) {
      stream = request.stream;
      newest = request;
      detach = attach(signal, end);
      asked = Promise.withResolvers();
      giveAnswers?.(answers);
    },
  };
}

/** One stream, whichever request of the host's is open, and also while none is. */
function streamOver(wantsProgress: boolean, open: () => HostStream | null, ask: HostStream['ask']): HostStream {
  return {
    open: () => open()?.open() ?? false,
    progress: (progress) => open()?.progress(progress),
    log: (message) => open()?.log(message),
    tellPageDone: nothing,
    isThere: () => open()?.isThere() ?? true,
    wantsProgress,
    ask,
    room: () => open()?.room() ?? null,
  };
}

/** Only hosts of before know of pages that are done with, and those do not come here. */
const nothing = (): void => undefined;

const NO_ANSWERS: ReadonlyMap<string, AskAnswer> = new Map();

function attach(signal: AbortSignal, end: () => void): () => void {
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
  return () => signal.removeEventListener('abort', end);
}
