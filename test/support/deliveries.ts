import { Agent } from 'undici';
import { onTestFinished } from 'vitest';
import { createDialler } from '../../src/adapters/egress/dialler.ts';
import { createDeliveries, type Deliveries } from '../../src/adapters/notify/deliveries.ts';
import { DELIVERY_LIMITS, type DeliveriesOptions } from '../../src/adapters/notify/delivery-queue.ts';
import type { Receiver } from '../../src/adapters/notify/receiver.ts';
import { digestOf } from '../../src/core/notify/digest.ts';
import type { Notice } from '../../src/core/notify/notice.ts';
import { noticeOfApproval } from '../../src/core/notify/notice-of.ts';
import type { Approval } from '../../src/core/approval/approval.ts';
import type { NoticeStore } from '../../src/ports/notice-store.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { createMemoryStore } from './memory-store.ts';
import { createCountingIds } from './fixed-clock.ts';
import { sampleApproval } from './store-samples.ts';

export const CONSOLE_URL = 'https://admin.example.com';

export interface RunningDeliveries extends Deliveries {
  readonly reports: readonly string[];
  readonly store: NoticeStore;
}

/** Through the guarded dialler, with short delays; closed when the test is. */
export function startDeliveries(
  receiversOf: (deps: { readonly dispatcher: Agent; readonly store: NoticeStore }) => readonly Receiver[],
  options: Partial<DeliveriesOptions> = {},
  store: NoticeStore = createMemoryStore().notices,
): RunningDeliveries {
  const reports: string[] = [];
  const connect = createDialler({ chosenBy: 'operator', hosts: null, connectTimeoutMs: 2000 });
  const dispatcher = new Agent({ connect });
  const all = { ...DELIVERY_LIMITS, retryDelaysMs: [1, 1], attemptTimeoutMs: 2000, ...options };
  const deliveries = createDeliveries(receiversOf({ dispatcher, store }), all, {
    clock: systemClock,
    ids: createCountingIds(),
    store,
    digestOf: (members) => digestOf(members, CONSOLE_URL),
    report: (problem) => void reports.push(problem),
  });
  onTestFinished(async () => {
    deliveries.close();
    await dispatcher.destroy();
  });
  return { ...deliveries, reports, store };
}

export function sampleNotice(id = 'apr_1', fields: Partial<Omit<Approval, 'binding'>> = {}): Notice {
  const notice = noticeOfApproval(sampleApproval(id, fields), CONSOLE_URL);
  if (notice === null) throw new Error(`nobody is told of ${fields.status}`);
  return notice;
}
