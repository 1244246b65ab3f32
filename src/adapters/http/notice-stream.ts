import type { ServerResponse } from 'node:http';
import type { Principal } from '../../core/identity/principal.ts';
import type { Result } from '../../core/result.ts';
import type { Soon } from '../../core/soon.ts';
import type { Place } from '../../gateway/in-flight.ts';
import type { HostNotice, Listening } from '../../gateway/subscriptions/listening.ts';
import type { Slot } from './load.ts';
import type { NoticeStreams } from './notice-streams.ts';
import type { McpPlaneLimits } from './plane-options.ts';
import { beginEventStream } from './respond.ts';

export interface NoticeStreamOptions {
  readonly res: ServerResponse;
  readonly slot: Slot;
  readonly streams: NoticeStreams;
  readonly limits: Pick<McpPlaneLimits, 'streamBufferBytesMax'>;
  readonly principal: Principal;
  readonly listening: Listening;
  /** Aborts when nothing may be told here any more. */
  readonly place: Place;
  /** The same credential, checked again. */
  readonly renew: () => Soon<Result<Principal, unknown>>;
  /** Whether there is still something that the stream belongs to, such as its session. */
  readonly isWanted: (principal: Principal) => boolean;
  /** The text of an event. */
  readonly encode: (notice: HostNotice) => string;
  /** The last event of a stream that the gateway ends. `null`: it ends without a word. */
  readonly farewell: string | null;
  /** Called once, however it ended. */
  readonly onEnd: (undelivered: readonly HostNotice[]) => void;
}

/** Notices that wait while the credential is looked up. With more of them something is wrong with the look-up. */
const WAITING_MAX = 500;

/**
 * One event stream beside the calls. INVARIANT: nothing is told on it unless, after it was due to be told, the credential of the stream
 * was found to be good, no kill switch covered it, and policy still let this person hear it.
 */
export class NoticeStream {
  readonly #options: NoticeStreamOptions;
  readonly #waiting: HostNotice[] = [];
  #isTelling = false;
  #isOver = false;
  /** Resolves when it is over. */
  readonly ended: Promise<void>;
  #resolveEnded: () => void = () => undefined;

  constructor(options: NoticeStreamOptions) {
    this.#options = options;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  /** `false`: there is no room for one more, and nothing is written. */
  open(firstEvents: string): boolean {
    const { res, slot, streams, principal, place } = this.#options;
    if (place.signal.aborted || res.destroyed || !streams.add(this, principal.id)) return false;
    if (!slot.becomeStream()) {
      streams.remove(this, principal.id);
      return false;
    }
    beginEventStream(res, firstEvents);
    res.once('close', () => this.#finish());
    place.signal.addEventListener('abort', () => this.end(), { once: true });
    return true;
  }

  tell(notice: HostNotice): void {
    if (this.#isOver) return;
    this.#waiting.push(notice);
    if (this.#waiting.length > WAITING_MAX) return this.end();
    if (!this.#isTelling) void this.#tellAll();
  }

  /** Shows whoever is on the way that the stream lives, and finds out whether it still may. */
  keepAlive(): void {
    this.#write(COMMENT);
    void this.#isStillGood().then((isGood) => {
      if (!isGood) this.end();
    });
  }

  /** Ends it in good order. */
  end(): void {
    if (this.#isOver) return;
    const { res, farewell } = this.#options;
    this.#finish();
    if (farewell === null) res.end();
    else res.end(farewell);
  }

  async #tellAll(): Promise<void> {
    this.#isTelling = true;
    while (this.#waiting.length > 0 && !this.#isOver) {
      if (!(await this.#isStillGood())) {
        this.end();
        break;
      }
      const { listening, encode } = this.#options;
      for (let next = this.#waiting.shift(); next !== undefined && !this.#isOver; next = this.#waiting.shift()) {
        if (listening.mayTell(next)) this.#write(encode(next));
      }
    }
    this.#isTelling = false;
  }

  async #isStillGood(): Promise<boolean> {
    const { renew, listening, isWanted, principal, place } = this.#options;
    const renewed = await renew();
    if (!renewed.ok || renewed.value.id !== principal.id || place.signal.aborted) return false;
    listening.renew(renewed.value);
    return isWanted(renewed.value);
  }

  /** A reader that does not read loses its stream: it can ask for the lists again, and memory must not grow for it. */
  #write(text: string): void {
    const { res, limits } = this.#options;
    if (this.#isOver || res.destroyed) return;
    if (res.writableLength > limits.streamBufferBytesMax) res.destroy();
    else res.write(text);
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { streams, principal, place, onEnd } = this.#options;
    streams.remove(this, principal.id);
    place.leave();
    onEnd(this.#waiting.splice(0));
    this.#resolveEnded();
  }
}

const COMMENT = ':\n\n';
