import type { Principal } from '../../core/identity/principal.ts';
import type { HostWish, ListKind } from '../../core/mcp/notices.ts';
import type { TaskHead } from '../../ports/task-store.ts';
import type { Endpoint } from '../gateway.ts';
import type { HostNotice } from './listening.ts';
import { createThrottle, type Throttle } from './throttle.ts';

/** A resource by the name that its owner gave it. */
export interface ResourceRef {
  readonly upstream: string;
  readonly uri: string;
}

export interface ListenerOptions {
  readonly principal: Principal;
  readonly endpoint: Endpoint;
  readonly lists: readonly ListKind[];
  readonly taskIds: HostWish['taskIds'];
  readonly mayTell: (listener: Listener, notice: HostNotice) => boolean;
  readonly tell: (notice: HostNotice) => void;
}

function keyOf(notice: HostNotice): string {
  switch (notice.kind) {
    case 'list-changed':
      return notice.list;
    case 'resource-updated':
      return `uri ${notice.uri}`;
    case 'page-done':
      return `page ${notice.elicitationId}`;
    case 'task':
      return notice.task.id;
  }
}

/** The same thing is told at most once in this time, however often it happens. */
const TELL_GAP_MS = 100;

/** One host that listens: what it hears of, and what waits to be told. A class, because there may be ten thousand of them. */
export class Listener {
  readonly endpoint: Endpoint;
  readonly lists: readonly ListKind[];
  /** By the URIs that the host knows. */
  readonly resources: Map<string, ResourceRef> = new Map();
  /** What the filtered lists looked like last, by upstream and kind. */
  readonly seen: Map<string, string> = new Map();
  /** Upstreams that were asked to tell of their lists on this listener's behalf. */
  readonly attended: Set<string> = new Set();
  /** Tasks that it hears of, of those that are its own. */
  taskIds: HostWish['taskIds'];
  principal: Principal;
  isClosed = false;
  /** No more than there are lists, resources and tasks of this listener. */
  readonly #waiting = new Map<string, HostNotice>();
  readonly #options: ListenerOptions;
  #throttle: Throttle | null = null;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.principal = options.principal;
    this.endpoint = options.endpoint;
    this.lists = options.lists;
    this.taskIds = options.taskIds;
  }

  /** Whether it hears of this upstream. */
  covers(upstream: string): boolean {
    return this.endpoint.kind === 'all' || this.endpoint.upstream === upstream;
  }

  wantsTask({ id, principal, client, endpoint }: Pick<TaskHead, 'id' | 'principal' | 'client' | 'endpoint'>): boolean {
    const here = this.endpoint.kind === 'one' ? this.endpoint.upstream : null;
    const isOwn = principal === this.principal.id && client === this.principal.client && endpoint === here;
    return isOwn && (this.taskIds === 'own' || this.taskIds.includes(id));
  }

  /** Has this told soon, once. */
  queue(notice: HostNotice): void {
    if (this.isClosed) return;
    this.#waiting.set(keyOf(notice), notice);
    this.#throttle ??= createThrottle(TELL_GAP_MS, () => this.#tellAll());
    this.#throttle.ask();
  }

  close(): void {
    this.isClosed = true;
    this.#waiting.clear();
    this.#throttle?.close();
  }

  #tellAll(): void {
    const notices = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const notice of notices) if (this.#options.mayTell(this, notice)) this.#options.tell(notice);
  }
}
