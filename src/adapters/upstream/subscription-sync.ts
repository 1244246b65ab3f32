import type { Wish } from '../../core/mcp/notices.ts';

type SubscriptionMethod = 'resources/subscribe' | 'resources/unsubscribe';

/**
 * Brings the resources that a legacy upstream was asked for in line with the wish, one request after the other; called again while it
 * runs, it goes on until they agree. One that the upstream refuses is not asked for again.
 */
export function createSubscriptionSync(
  wish: () => Wish,
  ask: (method: SubscriptionMethod, uri: string) => Promise<boolean>,
): () => Promise<void> {
  const asked = new Set<string>();
  let running: Promise<void> = Promise.resolve();

  async function sync(): Promise<void> {
    const wanted = new Set(wish().resourceUris);
    for (const uri of wanted) {
      if (asked.has(uri)) continue;
      asked.add(uri);
      await ask('resources/subscribe', uri);
    }
    for (const uri of asked) {
      if (wanted.has(uri)) continue;
      asked.delete(uri);
      await ask('resources/unsubscribe', uri);
    }
  }

  return () => {
    running = running.then(sync);
    return running;
  };
}
