import type { Principal } from '../../core/identity/principal.ts';
import type { Notice, Wish } from '../../core/mcp/notices.ts';
import type { HostError, RequestContext } from '../gateway.ts';
import type { Place } from '../in-flight.ts';

/** A host that wants to be told something beside the answers to its requests. */
export interface ListenRequest {
  readonly context: RequestContext;
  /** As it is recorded; `null`: the request has been recorded already. */
  readonly method: string | null;
  readonly wish: Wish;
  /** Called for each thing to tell, never in the turn in which it was asked for. */
  readonly tell: (notice: Notice) => void;
}

/** What a host hears until it is closed. INVARIANT: whoever got one closes it. */
export interface Listening {
  /** A URI that this person may not read is left out like one that there is not. */
  readonly granted: Wish;
  /** Adds one resource, once decided and recorded; `null`: it is added. */
  subscribe(context: RequestContext, uri: string): Promise<HostError | null>;
  /** Takes one away again. It need not have been there. */
  unsubscribe(context: RequestContext, uri: string): Promise<HostError | null>;
  /** Whether this may be told at this very moment: asked last before it is written, because rights end while it waits. */
  mayTell(notice: Notice): boolean;
  /** The same person, as their newest credential says. */
  renew(principal: Principal): void;
  /** A place for an open stream: its signal aborts when nothing may be told there any more. INVARIANT: whoever enters leaves. */
  enter(context: RequestContext): Place;
  close(): void;
}
