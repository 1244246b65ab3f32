import { createDialler } from '../adapters/egress/dialler.ts';
import { createWebhooks, WEBHOOK_LIMITS } from '../adapters/notify/webhooks.ts';
import type { WebhookConfig } from '../config/config.ts';
import type { Approval } from '../core/approval/approval.ts';
import { noticeOf } from '../core/notify/approval-notice.ts';
import { parseBodyTemplate, writeStandardBody } from '../core/notify/notice-body.ts';
import type { OperatorReport } from '../gateway/deps.ts';
import type { Clock, Ids } from '../ports/clock.ts';

export interface NoticesDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly consoleUrl: () => string;
  readonly report: (problem: OperatorReport) => void;
}

export interface Notices {
  announce(approval: Approval): void;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 5_000;

export function createNotices(webhooks: readonly WebhookConfig[], deps: NoticesDeps): Notices {
  const { clock, ids, consoleUrl, report } = deps;
  const options = {
    ...WEBHOOK_LIMITS,
    webhooks: webhooks.map(({ url, secrets, events, bodyTemplate }) => {
      const template = bodyTemplate === null ? null : parseBodyTemplate(bodyTemplate);
      if (template !== null && !template.ok)
        throw new Error(`INVARIANT: a template was not checked: ${template.error}`);
      return { url, secrets, types: new Set(events), write: template?.value ?? writeStandardBody };
    }),
  };
  const notifier = createWebhooks(options, {
    clock,
    ids,
    connect: createDialler({ chosenBy: 'operator', hosts: null, connectTimeoutMs: CONNECT_TIMEOUT_MS }),
    report: (problem) => report({ callId: null, problem }),
  });
  return {
    announce(approval) {
      const notice = noticeOf(approval, consoleUrl());
      if (notice !== null) notifier.notify(notice);
    },
    close: () => notifier.close(),
  };
}
