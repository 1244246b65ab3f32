import type { Approval, ApprovalBinding, ApprovalId } from '../../core/approval/approval.ts';
import type { ApprovalOrigin, ApprovalParticulars } from '../../core/approval/particulars.ts';
import { renderExactly, renderTemplate, type TemplateFacts } from '../../core/approval/template.ts';
import { redactArguments } from '../../core/content/redact-arguments.ts';
import { canonicalJson } from '../../core/json/canonical-json.ts';
import type { Principal } from '../../core/identity/principal.ts';
import type { JsonObject } from '../../core/json/value.ts';
import type { Decision } from '../../core/policy/decision.ts';
import type { CallDeps } from '../deps.ts';

/** What of a call an approval is made of. */
export interface AskedCall {
  readonly call: { readonly args: JsonObject; readonly context: { readonly principal: Principal } };
  readonly decision: Extract<Decision, { effect: 'approve' }>;
}

/**
 * A request for approval of this very call. Everything that people will read of it is made of what they may be shown of the arguments.
 * `null`: what the rule wants typed cannot be said, because an argument is missing, or is none that a person could type.
 */
export function newApproval(
  deps: Pick<CallDeps, 'clock' | 'ids' | 'knownSecrets'>,
  governed: AskedCall,
  binding: ApprovalBinding,
  origin: ApprovalOrigin | null = null,
): Approval | null {
  const nowMs = deps.clock.nowMs();
  const { call, decision } = governed;
  const { principal } = call.context;
  const [reason] = decision.reasons;
  const shown = redactArguments(call.args, deps.knownSecrets);
  const particulars = particularsOf(governed, { args: shown, principal }, origin);
  if (particulars === null) return null;
  return {
    id: deps.ids.next('apr') as ApprovalId,
    status: 'pending',
    binding,
    requesterName: principal.name,
    ruleId: reason.ruleId,
    reason: reason.text,
    approverGroups: decision.terms.approverGroups,
    approversNeeded: decision.terms.approversNeeded,
    approvedBy: [],
    argumentsShown: canonicalJson(shown),
    createdMs: nowMs,
    expiresMs: nowMs + decision.terms.expiresInMs,
    decidedBy: null,
    decidedMs: null,
    comment: null,
    finishedMs: null,
    note: null,
    supersededBy: null,
    particulars,
    grant: null,
    timeline: [{ atMs: nowMs, change: 'pending', by: principal.id, comment: null }],
  };
}

function particularsOf(
  { call, decision }: AskedCall,
  facts: TemplateFacts,
  origin: ApprovalOrigin | null,
): ApprovalParticulars | null {
  const { summary, preview, confirm, reauthenticateMs, grant, byRequester, approverUsers } = decision.terms;
  const typed = confirm === null ? null : renderExactly(confirm, facts);
  if (confirm !== null && !isTypeable(typed)) return null;
  const { credentialId, groups, scopes, tenant, issuer, expiresMs } = call.context.principal;
  return {
    summary: summary === null ? null : renderTemplate(summary, facts),
    rulePlace: decision.reasons[0].place,
    toolClass: decision.class,
    credentialId,
    byRequester,
    approverUsers,
    previewTool: preview?.tool ?? null,
    confirm: typed,
    reauthenticateMs,
    grantOffered: grant,
    origin,
    requester: { groups, scopes, tenant, issuer, ...(expiresMs === undefined ? {} : { expiresMs }) },
  };
}

const TYPED_CHARS_MAX = 200;

/** Something that one can see and type: nothing empty, and no character that looks like another place or like nothing. */
function isTypeable(text: string | null): boolean {
  return (
    text !== null &&
    text.trim() === text &&
    text !== '' &&
    text.length <= TYPED_CHARS_MAX &&
    !/[\p{C}\p{Zl}\p{Zp}]/u.test(text)
  );
}
