import type { Principal } from '../../core/identity/principal.ts';
import type { HostWish, Notice } from '../../core/mcp/notices.ts';
import type { HostError, RequestContext } from '../gateway.ts';
import type { Place } from '../in-flight.ts';
import type { HostTask } from '../tasks/host-task.ts';

/** That a task is another than before, as its owner may see it. */
export interface TaskNotice {
  readonly kind: 'task';
  readonly task: HostTask;
  /** Whether this may still be told: policy and kill switches, at the moment when it is asked. */
  readonly mayTell: (principal: Principal) => boolean;
}

/** That the person is through with a page that this very session was asked about, by the id that it was given. */
export interface PageNotice {
  readonly kind: 'page-done';
  readonly elicitationId: string;
}

/** What a host is told. */
export type HostNotice = Notice | TaskNotice | PageNotice;

/** A host that wants to be told something beside the answers to its requests. */
export interface ListenRequest {
  readonly context: RequestContext;
  /** As it is recorded; `null`: the request has been recorded already. */
  readonly method: string | null;
  readonly wish: HostWish;
  /** Called for each thing to tell, never in the turn in which it was asked for. */
  readonly tell: (notice: HostNotice) => void;
}

/** What a host hears until it is closed. INVARIANT: whoever got one closes it. */
export interface Listening {
  /** A URI that this person may not read, and a task that is not theirs, is left out like one that there is not. */
  readonly granted: HostWish;
  /** Adds one resource, once decided and recorded; `null`: it is added. */
  subscribe(context: RequestContext, uri: string): Promise<HostError | null>;
  /** Takes one away again. It need not have been there. */
  unsubscribe(context: RequestContext, uri: string): Promise<HostError | null>;
  /** Has it told how the tasks that were named stand now: what became of them before it listened is not missed. */
  tellTasks(): void;
  /** Whether this may be told at this very moment: asked last before it is written, because rights end while it waits. */
  mayTell(notice: HostNotice): boolean;
  /** The same person, as their newest credential says. */
  renew(principal: Principal): void;
  /** A place for an open stream: its signal aborts when nothing may be told there any more. INVARIANT: whoever enters leaves. */
  enter(context: RequestContext): Place;
  close(): void;
}
