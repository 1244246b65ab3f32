import type { McpPlaneLimits } from './plane-options.ts';

/** How much is under way on one listener. */
export class Load {
  readonly #limits: Pick<McpPlaneLimits, 'requestsMax' | 'streamsMax' | 'heldBytesMax'>;
  requests = 0;
  streams = 0;
  heldBytes = 0;
  isStopping = false;

  constructor(limits: Pick<McpPlaneLimits, 'requestsMax' | 'streamsMax' | 'heldBytesMax'>) {
    this.#limits = limits;
  }

  /** There are no more places from now on. */
  stop(): void {
    this.isStopping = true;
  }

  /** A place for one more request; `null` when there is none, and the request must be shed. */
  enter(): Slot | null {
    if (this.isStopping || this.requests >= this.#limits.requestsMax || this.heldBytes >= this.#limits.heldBytesMax)
      return null;
    this.requests++;
    return new Slot(this, this.#limits);
  }
}

/** The place of one request. INVARIANT: `leave` is called exactly once, when its answer is taken or its connection is gone. */
export class Slot {
  readonly #load: Load;
  readonly #limits: Pick<McpPlaneLimits, 'streamsMax' | 'heldBytesMax'>;
  #isStream = false;
  #heldBytes = 0;

  constructor(load: Load, limits: Pick<McpPlaneLimits, 'streamsMax' | 'heldBytesMax'>) {
    this.#load = load;
    this.#limits = limits;
  }

  /** Counts this request as a waiting stream from now on. `false`: there are too many. */
  becomeStream(): boolean {
    if (this.#load.streams >= this.#limits.streamsMax) return false;
    this.#isStream = true;
    this.#load.requests--;
    this.#load.streams++;
    return true;
  }

  /** Counts bytes that this request keeps in memory. `false`: all requests together now keep too many. */
  hold(bytes: number): boolean {
    this.#load.heldBytes += bytes;
    this.#heldBytes += bytes;
    return this.#load.heldBytes <= this.#limits.heldBytesMax;
  }

  leave(): void {
    this.#load.heldBytes -= this.#heldBytes;
    this.#heldBytes = 0;
    if (this.#isStream) this.#load.streams--;
    else this.#load.requests--;
  }
}
