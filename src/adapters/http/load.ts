import { type AnswerRoom, SMALL_ANSWER_BYTES_MAX } from '../../ports/answer-room.ts';
import type { McpPlaneLimits } from './plane-options.ts';
import { shareOf } from './share-of.ts';
import { createUnreadAnswers, type UnreadAnswer, type UnreadAnswers } from './unread-answers.ts';

type LoadLimits = Pick<
  McpPlaneLimits,
  'requestsMax' | 'streamsMax' | 'heldBytesMax' | 'unreadBytesMax' | 'unreadWaitsMax'
>;

interface Amounts {
  requests: number;
  streams: number;
  heldBytes: number;
}

/** How much is under way on one listener. */
export class Load {
  readonly #limits: LoadLimits;
  readonly #all: Amounts = nothing();
  readonly #byPrincipal = new Map<string, Amounts>();
  readonly #unread: UnreadAnswers;
  isStopping = false;

  constructor(limits: LoadLimits) {
    this.#limits = limits;
    this.#unread = createUnreadAnswers(limits);
  }

  /** There are no more places from now on. */
  stop(): void {
    this.isStopping = true;
  }

  /** A place for one more request; `null` when there is none, and the request must be shed. */
  enter(): Slot | null {
    const { requestsMax, heldBytesMax } = this.#limits;
    if (this.isStopping || this.#all.requests >= requestsMax || this.#all.heldBytes >= heldBytesMax) return null;
    return new Slot(this.#limits, this.#all, this.#byPrincipal, this.#unread);
  }
}

/** The place of one request. INVARIANT: `leave` is called exactly once, when its answer is taken or its connection is gone. */
export class Slot implements AnswerRoom {
  readonly #limits: LoadLimits;
  readonly #all: Amounts;
  readonly #byPrincipal: Map<string, Amounts>;
  readonly #unread: UnreadAnswers;
  #principal: string | null = null;
  /** Of a large answer only. */
  #answer: UnreadAnswer | null = null;
  readonly #mine: Amounts = nothing();

  constructor(limits: LoadLimits, all: Amounts, byPrincipal: Map<string, Amounts>, unread: UnreadAnswers) {
    this.#limits = limits;
    this.#all = all;
    this.#byPrincipal = byPrincipal;
    this.#unread = unread;
    this.#add('requests', 1);
  }

  /** Counts this request as the principal's from now on. `false`: they have their share already, and it must be shed. */
  claimFor(principal: string): boolean {
    const own = this.#byPrincipal.get(principal) ?? nothing();
    if (own.requests >= shareOf(this.#limits.requestsMax)) return false;
    this.#byPrincipal.set(principal, own);
    this.#principal = principal;
    for (const kind of KINDS) own[kind] += this.#mine[kind];
    return true;
  }

  /** Counts this request as a waiting stream from now on. `false`: there are too many. */
  becomeStream(): boolean {
    const { streamsMax } = this.#limits;
    if (this.#all.streams >= streamsMax || this.#own().streams >= shareOf(streamsMax)) return false;
    this.#add('requests', -1);
    this.#add('streams', 1);
    return true;
  }

  /** Counts bytes that this request keeps in memory. `false`: all requests together, or those of its principal, now keep too many. */
  hold(bytes: number): boolean {
    this.#add('heldBytes', bytes);
    const { heldBytesMax } = this.#limits;
    return this.#all.heldBytes <= heldBytesMax && this.#own().heldBytes <= shareOf(heldBytesMax);
  }

  take(bytes: number): boolean {
    return this.#unreadAnswer().take(bytes);
  }

  wait(bytes: number, onTaken: () => void): (() => void) | null {
    return this.#unreadAnswer().wait(bytes, onTaken);
  }

  giveBack(): void {
    this.#answer?.giveBack();
  }

  /** Counts an answer that is whole, and so has all the memory that it will need, until its reader has it. */
  holdAnswer(bytes: number): void {
    this.hold(bytes);
    const isSmall = bytes <= SMALL_ANSWER_BYTES_MAX;
    if (!isSmall || this.#answer !== null) this.#unreadAnswer().settle(isSmall ? 0 : bytes);
  }

  leave(): void {
    this.#answer?.close();
    for (const kind of KINDS) this.#add(kind, -this.#mine[kind]);
    const { requests, streams } = this.#own();
    // Most come back at once, and to forget each of them after every request would have the map made anew all the time.
    if (this.#principal === null || requests + streams > 0 || this.#byPrincipal.size <= IDLE_PRINCIPALS_MAX) return;
    this.#byPrincipal.delete(this.#principal);
  }

  #unreadAnswer(): UnreadAnswer {
    this.#answer ??= this.#unread.open(this.#principal ?? '');
    return this.#answer;
  }

  #own(): Amounts {
    return (this.#principal === null ? undefined : this.#byPrincipal.get(this.#principal)) ?? this.#mine;
  }

  #add(kind: keyof Amounts, amount: number): void {
    this.#all[kind] += amount;
    this.#mine[kind] += amount;
    if (this.#principal !== null) this.#own()[kind] += amount;
  }
}

/** Beyond this many, principals without a request are forgotten. */
const IDLE_PRINCIPALS_MAX = 1000;

const KINDS = ['requests', 'streams', 'heldBytes'] as const;

function nothing(): Amounts {
  return { requests: 0, streams: 0, heldBytes: 0 };
}
