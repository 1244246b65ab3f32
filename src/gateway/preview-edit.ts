import type { Approval } from '../core/approval/approval.ts';
import { GATEWAY_ISSUER } from '../core/identity/token-format.ts';
import { MODERN_REVISIONS } from '../core/mcp/revisions.ts';
import type { TokenStore } from '../ports/token-store.ts';
import type { CallDeps } from './deps.ts';
import { handleCall } from './handle-call.ts';
import { makePreview, noPreview, wantedPreview } from './steps/make-preview.ts';
import type { AskedCall } from './steps/new-approval.ts';
import type { NamedTarget } from './steps/resolve-target.ts';

interface EditPreviewDeps extends CallDeps {
  readonly tokens: TokenStore;
}

/** A call that an approver proposed, as whoever asked for the first one. */
interface ProposedCall extends AskedCall {
  readonly target: NamedTarget;
}

/**
 * The record before and after, for arguments that an approver proposed. Nobody has sent this call, so the read takes the rights that the
 * credential of the first one gave, and is made only while that credential is good. Never throws.
 */
export async function previewEdit(deps: EditPreviewDeps, proposed: ProposedCall, edited: Approval): Promise<void> {
  if (wantedPreview(proposed) === null) return;
  try {
    if (!(await isStillSignedIn(deps, edited)))
      return await deps.approvals.keepPreview(edited.id, noPreview(deps, 'unavailable', SIGNED_OUT));
  } catch (error) {
    return deps.report({ callId: null, problem: 'the preview of an edited request could not be made', error });
  }
  const { args, context } = proposed.call;
  const call = { args, context: { ...context, revision: MODERN_REVISIONS[0], traceparent: null } };
  await makePreview(deps, { ...proposed, call }, edited, (read) => handleCall(deps, read));
}

const SIGNED_OUT = 'whoever asked is no longer signed in, and the record is read with their rights alone';

/** Whether the credential with which somebody asked is good at this moment. Where nothing is known of its end, it is not. */
async function isStillSignedIn(
  { tokens, clock }: Pick<EditPreviewDeps, 'tokens' | 'clock'>,
  { particulars: { credentialId, requester } }: Approval,
): Promise<boolean> {
  const nowMs = clock.nowMs();
  if (requester?.issuer !== GATEWAY_ISSUER) return (requester?.expiresMs ?? 0) > nowMs;
  const token = await tokens.find(credentialId);
  return token !== null && token.plane === 'mcp' && token.revokedMs === null && token.expiresMs > nowMs;
}
