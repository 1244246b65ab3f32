import { Agent } from 'undici';
import { createDialler } from '../adapters/egress/dialler.ts';
import { createDeliveries } from '../adapters/notify/deliveries.ts';
import { DELIVERY_LIMITS } from '../adapters/notify/delivery-queue.ts';
import type { Receiver } from '../adapters/notify/receiver.ts';
import { createSlackReceiver } from '../adapters/notify/slack-receiver.ts';
import { createWebhookReceiver } from '../adapters/notify/webhook-receiver.ts';
import type { NotifyConfig } from '../config/config.ts';
import { digestOf } from '../core/notify/digest.ts';
import { parseBodyTemplate, writeStandardBody } from '../core/notify/notice-body.ts';
import { noticeOfReload } from '../core/notify/notice-of.ts';
import { announceApprovals, announceKillSwitches, announcePins } from '../gateway/announce.ts';
import type { OperatorReport } from '../gateway/deps.ts';
import type { ApprovalStore } from '../ports/approval-store.ts';
import type { Clock, Ids } from '../ports/clock.ts';
import type { KillSwitchStore } from '../ports/kill-switch-store.ts';
import type { NoticeStore } from '../ports/notice-store.ts';
import type { PinStore } from '../ports/pin-store.ts';

export interface NoticesDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly store: AnnouncedStores & { readonly notices: NoticeStore };
  readonly consoleUrl: () => string;
  readonly report: (problem: OperatorReport) => void;
}

interface AnnouncedStores {
  readonly approvals: ApprovalStore;
  readonly killSwitches: KillSwitchStore;
  readonly pins: PinStore;
}

export interface Notices {
  /** The stores, which tell of what changes in them. */
  readonly stores: AnnouncedStores;
  announceReload(problem: string): void;
  /** Goes on with what an earlier process had not told yet. */
  resume(): Promise<void>;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 5_000;
const CONNECTIONS_MAX = 4;

export function createNotices(config: NotifyConfig, deps: NoticesDeps): Notices {
  const { clock, ids, store, consoleUrl, report } = deps;
  const connect = createDialler({ chosenBy: 'operator', hosts: null, connectTimeoutMs: CONNECT_TIMEOUT_MS });
  const dispatcher = new Agent({ connect, connections: CONNECTIONS_MAX });
  const receivers = receiversOf(config, { clock, store: store.notices, dispatcher });
  const deliveries = createDeliveries(receivers, DELIVERY_LIMITS, {
    clock,
    ids,
    store: store.notices,
    digestOf: (members) => digestOf(members, consoleUrl()),
    report: (problem, error) => report({ callId: null, problem, ...(error === undefined ? {} : { error }) }),
  });
  const announce = { notifier: deliveries, consoleUrl };
  return {
    stores: {
      approvals: announceApprovals(store.approvals, announce),
      killSwitches: announceKillSwitches(store.killSwitches, announce),
      pins: announcePins(store.pins, announce),
    },
    announceReload: (problem) => deliveries.notify(noticeOfReload(problem, consoleUrl())),
    resume: () => deliveries.resume(),
    async close() {
      deliveries.close();
      await dispatcher.destroy();
    },
  };
}

function receiversOf(
  { webhooks, slack }: NotifyConfig,
  deps: { readonly clock: Clock; readonly store: NoticeStore; readonly dispatcher: Agent },
): readonly Receiver[] {
  return [
    ...webhooks.map(({ url, secrets, events, digestMs, bodyTemplate }) => {
      const template = bodyTemplate === null ? null : parseBodyTemplate(bodyTemplate);
      if (template !== null && !template.ok)
        throw new Error(`INVARIANT: a template was not checked: ${template.error}`);
      const write = template?.value ?? writeStandardBody;
      return createWebhookReceiver({ url, secrets, types: new Set(events), digestMs, write, bodyTemplate }, deps);
    }),
    ...slack.map(({ events, ...channel }) => createSlackReceiver({ ...channel, types: new Set(events) }, deps)),
  ];
}
