import type { Approval } from '../../core/approval/approval.ts';
import type { AskEntry } from '../../core/audit/entry.ts';
import { askEntry } from '../../core/audit/make-entries.ts';
import { visibleText } from '../../core/content/visible-text.ts';
import type { Ask } from '../../core/conversation/ask.ts';
import { checkAskAnswer } from '../../core/conversation/check-ask-answer.ts';
import { isModernRevision } from '../../core/mcp/revisions.ts';
import { OWN_UPSTREAM } from '../../core/policy/own-policy.ts';
import type { CallDeps } from '../deps.ts';
import type { GovernedCall } from '../governed-call.ts';
import { CONVERSATION_MS_MAX } from './ask-host.ts';

/** How the person took it: `no`: they will not go now, or nobody answered. Nothing of it is a decision. */
export type PageAnswer = 'went' | 'no';

const KEY = 'page';

/** Whether the acting person has to confirm, and their host can send them to a page. */
export function canSendToPage({ call }: GovernedCall, { status, particulars }: Approval): boolean {
  return status === 'pending' && particulars.byRequester && call.context.capabilities.elicitationUrl;
}

/**
 * Sends the acting person to the page of their own request, by way of their host (MCP, "URL Mode Elicitation"). They sign in there as on
 * any other way; what the host answers tells how long to wait, and counts for nothing else. Throws `StoreError`.
 */
export async function sendToPage(
  deps: CallDeps,
  governed: GovernedCall,
  approval: Approval,
  signal: AbortSignal,
): Promise<PageAnswer> {
  const { context, stream } = governed.call;
  const { callId, principal } = context;
  // It is the request itself that asks: a host may come back to it although nobody has approved yet.
  const { definitionDigest } = governed;
  const waiting = { callId, principal: principal.id, upstream: OWN_UPSTREAM, isApproved: true, definitionDigest };
  const place = deps.conversations.enter(waiting);
  if (place === null) return 'no';
  try {
    const ask = askFor(deps, governed, approval);
    await record(deps, callId, 'asked', null);
    const given = await stream.ask(
      new Map([[KEY, ask]]),
      AbortSignal.any([signal, AbortSignal.timeout(CONVERSATION_MS_MAX)]),
    );
    const answer = given.get(KEY);
    const checked = answer?.kind === 'answered' ? checkAskAnswer(ask, answer.result) : null;
    const action = typeof checked?.['action'] === 'string' ? checked['action'] : null;
    await record(deps, callId, action === null ? 'unanswered' : 'answered', action);
    return action === 'accept' ? 'went' : 'no';
  } finally {
    place.leave();
  }
}

/** A host of before 2026-07-28 is told that the person is through with the page. */
export function tellPageDone({ call }: GovernedCall, { id }: Approval): void {
  if (!isModernRevision(call.context.revision)) call.stream.tellPageDone(id);
}

function askFor({ approvalSettings }: CallDeps, { target }: GovernedCall, { id, binding }: Approval): Ask {
  const call = visibleText(`${binding.tool} on ${target.ref.upstream}`);
  return {
    kind: 'elicitation-url',
    method: 'elicitation/create',
    params: {
      mode: 'url',
      message: `[${OWN_UPSTREAM}] Only you can confirm this call: ${call}. Sign in on the page of the request, look at it, and decide there. Opening the page decides nothing.`,
      url: `${approvalSettings.consoleUrl()}/approvals/${id}`,
    },
    elicitationId: id,
  };
}

async function record(
  deps: CallDeps,
  callId: string,
  change: AskEntry['change'],
  detail: string | null,
): Promise<void> {
  const entry = askEntry({
    timeMs: deps.clock.nowMs(),
    callId,
    change,
    round: 1,
    upstream: OWN_UPSTREAM,
    asks: ['elicitation-url'],
    detail,
  });
  await deps.audit.record([entry]);
}
