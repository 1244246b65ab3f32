import type { ListKind } from '../../core/mcp/notices.ts';
import type { Upstream } from '../../ports/upstream.ts';

/**
 * What each principal wants to hear from each upstream, counted, so that the upstream is asked once for all of a principal's hosts and
 * asked no more when the last one stops listening. INVARIANT: two principals never share an entry.
 */
export interface Interests {
  /** Resolves when the upstream has been asked. */
  addLists(upstream: Upstream, principal: string, lists: readonly ListKind[]): Promise<void>;
  removeLists(upstream: Upstream, principal: string, lists: readonly ListKind[]): void;
  /** Resolves when the upstream has been asked; `false`, and nothing is added, where the principal has too many. */
  addResource(upstream: Upstream, principal: string, uri: string): Promise<boolean>;
  removeResource(upstream: Upstream, principal: string, uri: string): void;
}

interface Interest {
  readonly upstream: Upstream;
  readonly principal: string;
  readonly lists: Map<ListKind, number>;
  readonly uris: Map<string, number>;
  /** The last time that the upstream was told, or will be. */
  telling: Promise<void> | null;
}

/** Resources of one upstream that one principal hears of. */
const RESOURCES_MAX = 1_000;

export function createInterests(): Interests {
  const interests = new Map<string, Interest>();

  function interestOf(upstream: Upstream, principal: string): Interest {
    const key = `${upstream.name}\n${principal}`;
    const known = interests.get(key);
    if (known !== undefined) return known;
    const interest: Interest = { upstream, principal, lists: new Map(), uris: new Map(), telling: null };
    interests.set(key, interest);
    return interest;
  }

  /** Together with all other changes of this turn. */
  function tell(interest: Interest): Promise<void> {
    interest.telling ??= Promise.resolve().then(() => {
      interest.telling = null;
      const { upstream, principal, lists, uris } = interest;
      if (lists.size + uris.size === 0) interests.delete(`${upstream.name}\n${principal}`);
      return upstream.attend({ principal }, { lists: [...lists.keys()], resourceUris: [...uris.keys()] });
    });
    return interest.telling;
  }

  return {
    async addLists(upstream, principal, lists) {
      const interest = interestOf(upstream, principal);
      const added = lists.filter((list) => add(interest.lists, list));
      if (added.length > 0) await tell(interest);
    },
    removeLists(upstream, principal, lists) {
      const interest = interestOf(upstream, principal);
      const removed = lists.filter((list) => remove(interest.lists, list));
      if (removed.length > 0) void tell(interest);
    },
    async addResource(upstream, principal, uri) {
      const interest = interestOf(upstream, principal);
      if (!interest.uris.has(uri) && interest.uris.size >= RESOURCES_MAX) return false;
      if (add(interest.uris, uri)) await tell(interest);
      return true;
    },
    removeResource(upstream, principal, uri) {
      const interest = interestOf(upstream, principal);
      if (remove(interest.uris, uri)) void tell(interest);
    },
  };
}

/** `true`: it is the first. */
function add<Key>(counts: Map<Key, number>, key: Key): boolean {
  const count = counts.get(key) ?? 0;
  counts.set(key, count + 1);
  return count === 0;
}

/** `true`: it was the last. */
function remove<Key>(counts: Map<Key, number>, key: Key): boolean {
  const count = counts.get(key) ?? 0;
  if (count > 1) counts.set(key, count - 1);
  else counts.delete(key);
  return count === 1;
}
