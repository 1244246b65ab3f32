import { type AnswerRoom, SMALL_ANSWER_BYTES_MAX } from '../../../ports/answer-room.ts';
import type { ByteBudget } from '../byte-budget.ts';

/** How the reading of a conversation can be stopped and started. */
export interface Reading {
  pause(): void;
  resume(): void;
  /** Of the line that is being read, only the two ends are kept. */
  cut(): void;
}

export interface UnfinishedAnswerOptions {
  readonly reading: Reading;
  /** Everybody's: it is never made to wait for one of them. */
  readonly isShared: boolean;
  /** All unfinished lines of one upstream. */
  readonly budget: ByteBudget;
  readonly unreadTimeoutMs: number;
  /** Of a call that runs; `null`: there is none, or nobody reads it. */
  readonly findRoom: () => AnswerRoom | null;
  /** Nothing is read from now on, whoever waits for it. */
  readonly onWait: () => void;
}

/** Why an answer was given up before it was whole. */
export type CutFor = 'unread' | 'overloaded';

/**
 * The memory of the line that is being read, and of the large answer that it may be.
 *
 * Where all calls of a conversation are one person's, none of a large answer is read before there is room for it, and the rest stays with
 * the upstream. Servers may write whose answer it is at its very end, so the room is that of any call of this person, until it is known.
 *
 * A conversation that people share goes on for the others, whoever does not read: an answer for which there is no room when it is whole is
 * given up.
 */
export class UnfinishedAnswer {
  readonly #options: UnfinishedAnswerOptions;
  #heldBytes = 0;
  /** Taken, or waited for. */
  #roomBytes = 0;
  #room: AnswerRoom | null = null;
  #cutFor: CutFor | null = null;
  #endWait: (() => void) | null = null;

  constructor(options: UnfinishedAnswerOptions) {
    this.#options = options;
  }

  get isWaiting(): boolean {
    return this.#endWait !== null;
  }

  /** So much of it is there; 0: nothing. */
  grow(bytes: number): void {
    if (this.#cutFor !== null) return;
    if (!this.#hold(bytes)) return this.#cut('overloaded');
    if (this.#options.isShared || bytes <= SMALL_ANSWER_BYTES_MAX || this.isWaiting) return;
    this.#room ??= this.#options.findRoom();
    const missing = bytes - this.#roomBytes;
    if (this.#room === null || missing <= 0) return;
    if (this.#room.take(missing)) this.#roomBytes = bytes;
    else this.#wait(this.#room, missing);
  }

  /** It is whole, and for a reader with this room; `null`: it is small, or nobody reads it. Whether that reader may have it. */
  finish(bytes: number, own: AnswerRoom | null): boolean {
    const isCounted = own !== null && own === this.#room;
    if (!isCounted) this.#leaveRoom();
    this.#room = null;
    this.#roomBytes = 0;
    this.#hold(0);
    return own === null || isCounted || own.take(bytes) || !this.#options.isShared;
  }

  /** Why the line was cut that has just ended. */
  takeCut(): CutFor {
    const why = this.#cutFor ?? 'unread';
    this.#cutFor = null;
    return why;
  }

  /** Nothing is read any more. */
  end(): void {
    this.#leaveRoom();
    this.#hold(0);
  }

  #hold(bytes: number): boolean {
    const { budget } = this.#options;
    const more = bytes - this.#heldBytes;
    if (more > 0 && !budget.take(more)) return false;
    if (more < 0) budget.giveBack(-more);
    this.#heldBytes = bytes;
    return true;
  }

  #cut(why: CutFor): void {
    this.#cutFor = why;
    this.#leaveRoom();
    this.#options.reading.cut();
    this.#hold(0);
  }

  #leaveRoom(): void {
    this.#endWait?.();
    if (this.#roomBytes > 0) this.#room?.giveBack();
    this.#roomBytes = 0;
    this.#room = null;
  }

  #wait(room: AnswerRoom, missing: number): void {
    const { reading, unreadTimeoutMs, onWait } = this.#options;
    const giveUp = room.wait(missing, () => {
      this.#endWait?.();
      this.#roomBytes += missing;
    });
    if (giveUp === null) return this.#cut('unread');
    const timer = setTimeout(() => this.#cut('unread'), unreadTimeoutMs);
    this.#endWait = () => {
      this.#endWait = null;
      clearTimeout(timer);
      giveUp();
      reading.resume();
    };
    reading.pause();
    onWait();
  }
}
