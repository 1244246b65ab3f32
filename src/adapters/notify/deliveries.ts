import type { WaitingNotice } from '../../ports/notice-store.ts';
import type { Notifier } from '../../ports/notifier.ts';
import {
  createQueue,
  type DeliveriesDeps,
  type DeliveriesOptions,
  type DeliveryQueue,
  type QueueDeps,
} from './delivery-queue.ts';
import type { Receiver } from './receiver.ts';

/**
 * Delivers each notice to each receiver that wants it, at least once: what is accepted is stored, and goes on after a restart. In no
 * particular order, unless a receiver makes one attempt at a time.
 */
export interface Deliveries extends Notifier {
  /** Takes up what was waiting when the gateway ended. */
  resume(): Promise<void>;
  close(): void;
}

export function createDeliveries(
  receivers: readonly Receiver[],
  options: DeliveriesOptions,
  deps: DeliveriesDeps,
): Deliveries {
  const closing = new AbortController();
  const queueDeps: QueueDeps = { ...deps, options, signal: closing.signal };
  const queues = new Map(receivers.map((receiver) => [receiver.key, createQueue(receiver, queueDeps)]));

  return {
    notify(notice) {
      if (closing.signal.aborted) return;
      const timeMs = deps.clock.nowMs();
      for (const queue of queues.values()) queue.add(notice, deps.ids.next('msg'), timeMs);
    },
    async resume() {
      if (queues.size === 0) return;
      const waiting = await deps.store.load();
      const strays = waiting.filter((each) => !takeUp(queues, each));
      if (strays.length > 0) await deps.store.remove(strays.map(({ id, receiver }) => ({ id, receiver })));
    },
    close: () => closing.abort(),
  };
}

/** `false`: its receiver is not configured any more. */
function takeUp(queues: ReadonlyMap<string, DeliveryQueue>, waiting: WaitingNotice): boolean {
  const queue = queues.get(waiting.receiver);
  queue?.takeUp(waiting);
  return queue !== undefined;
}
