import type { Approval, ApprovalId } from '../core/approval/approval.ts';
import { argsDigest } from '../core/approval/args-digest.ts';
import type { RequesterRights } from '../core/approval/particulars.ts';
import { redactArguments } from '../core/content/redact-arguments.ts';
import type { Administrator, Principal, PrincipalId } from '../core/identity/principal.ts';
import { canonicalJson } from '../core/json/canonical-json.ts';
import type { JsonObject } from '../core/json/value.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { TokenStore } from '../ports/token-store.ts';
import { approvalEntry } from './approval-entries.ts';
import { ownNamesOf } from './approvers.ts';
import { decideNow } from './decide-now.ts';
import type { CallDeps } from './deps.ts';
import { previewEdit } from './preview-edit.ts';
import { ARGUMENTS_SHOWN_CHARS_MAX, bindingOf, retire } from './steps/attach-approval.ts';
import { checkArguments } from './steps/check-arguments.ts';
import { type AskedCall, newApproval } from './steps/new-approval.ts';
import { loadNewestDefinition, type NamedTarget } from './steps/resolve-target.ts';
import { voidApproval } from './void-approval.ts';

/** Why other arguments cannot be proposed, in words for the approver; `changed`: somebody else was first. */
export type EditFault = { readonly kind: 'refused'; readonly why: string } | { readonly kind: 'changed' };

export interface Edit {
  readonly by: Administrator;
  readonly args: JsonObject;
  readonly comment: string | null;
}

/** Puts a request with other arguments in the place of a pending one. Who may is asked by whoever calls it. Throws `StoreError`. */
export interface Edits {
  propose(approval: Approval, edit: Edit): Promise<Result<Approval, EditFault>>;
}

export interface EditDeps extends CallDeps {
  readonly tokens: TokenStore;
}

/**
 * Nothing runs by this, and nothing is approved: the new request is one like any other, decided on by somebody else, and its call runs only
 * when the host sends it. So what is checked here is whether that could ever come to pass, and all of it is checked again then.
 */
export function createEdits(deps: EditDeps): Edits {
  return {
    async propose(approval, edit) {
      const asked = await checkEdit(deps, approval, edit);
      if (!asked.ok) return asked;
      const { call, target, binding } = asked.value;
      const newest = await deps.approvals.findNewest(binding);
      const standing = newest === null ? null : await retire(deps, newest, binding, call.decision);
      if (standing !== null) return refused(`the request ${standing.id} is about these very arguments already`);
      const origin = { kind: 'edit', id: approval.id, by: ownNamesOf(edit.by) } as const;
      const edited = newApproval(deps, call, binding, origin);
      if (edited === null) return refused('what the rule wants typed cannot be said with these arguments');
      if (edited.argumentsShown.length > ARGUMENTS_SHOWN_CHARS_MAX) return refused('they are too long');
      const stored = await store(deps, { approval, edited, newest: newest?.id ?? null }, edit);
      // Does not wait, as with a first request.
      if (stored.ok && stored.value.status === 'pending') void previewEdit(deps, { ...call, target }, edited);
      return stored;
    },
  };
}

interface Replacement {
  readonly approval: Approval;
  readonly edited: Approval;
  readonly newest: ApprovalId | null;
}

/** The end of the one and the beginning of the other are one transaction. */
async function store(
  deps: EditDeps,
  { approval, edited, newest }: Replacement,
  { by, comment }: Edit,
): Promise<Result<Approval, EditFault>> {
  const { pendingMax, pendingPerPrincipalMax, pendingPerToolMax } = deps.approvalSettings;
  const atMs = edited.createdMs;
  const said = `${comment ?? ''} [edited: ${edited.id}]`.trim();
  const decision = { status: 'rejected', atMs, comment, decidedBy: by.user, decidedMs: atMs } as const;
  const replaces = { id: approval.id, change: { ...decision, supersededBy: edited.id } };
  const actor = { by: by.user, credentialId: by.credentialId };
  const isStored = await deps.approvals.create(
    edited,
    { newest, pendingMax, pendingPerPrincipalMax, pendingPerToolMax, replaces },
    [
      approvalEntry(approval, 'rejected', atMs, { ...actor, comment: said }),
      approvalEntry(edited, 'requested', atMs, { ...actor, comment: `edit of ${approval.id}` }),
    ],
  );
  if (!isStored) return err({ kind: 'changed' });
  deps.deadlines.note(edited);
  deps.desk.wake(approval.id);
  // A switch that was pulled meanwhile made void what there was, and this was not there yet.
  if (!isKilled(deps, edited)) return ok(edited);
  return ok((await voidApproval(deps, edited, 'gateway', 'a kill switch was pulled')) ?? edited);
}

function isKilled({ killSwitches }: CallDeps, { binding, particulars }: Approval): boolean {
  const { principal, client, upstream, tool } = binding;
  return killSwitches.find({ principal, client, upstream, tool, class: particulars.toolClass }) !== null;
}

interface CheckedEdit {
  readonly call: AskedCall;
  readonly target: NamedTarget;
  readonly binding: Approval['binding'];
}

/** Decided for whoever asked, with the rights that their credential had, and held against the schema that is pinned. */
async function checkEdit(deps: EditDeps, approval: Approval, { args }: Edit): Promise<Result<CheckedEdit, EditFault>> {
  const { binding, particulars } = approval;
  const target = toolOf(deps, approval);
  if (particulars.requester === undefined || target === null)
    return refused('it is a request whose arguments nobody can change');
  if (particulars.byRequester) return refused('the acting person confirms this call, and can send another one');
  const principal = requesterOf(approval, particulars.requester);
  const policy = deps.policy();
  const decision = decideNow(deps, { principal, target: target.ref, args });
  if (decision.effect === 'deny')
    return refused(`the policy denies the call with these arguments: ${decision.reasons[0].code}`);
  if (decision.effect === 'allow')
    return refused('the policy asks nobody about these arguments: whoever asked can send them');
  if (isKilled(deps, approval)) return refused('a kill switch stops this call');

  const definition = await loadNewestDefinition(deps, target, principal.id);
  if (!definition.ok) return refused('what the tool is cannot be asked now');
  if (definition.value === null) return refused('the tool is no longer offered');
  const call = { args: decision.args ?? args, context: { principal } };
  const argumentsJson = canonicalJson(call.args);
  const fault = checkArguments({ call, target, decision, argumentsJson, policy, sent: args }, definition.value);
  if (fault !== null) return refused([fault.code, ...fault.faults].join('. '));
  // Its host could never be told to send what nobody may show it.
  if (canonicalJson(redactArguments(call.args, deps.knownSecrets)) !== argumentsJson)
    return refused('they hold a secret');
  const digests = { argsDigest: argsDigest(deps.digestKey, argumentsJson), definitionDigest: definition.value.digest };
  if (digests.argsDigest === binding.argsDigest) return refused('they are the arguments of the request as it is');
  return ok({ call: { call, decision }, target, binding: bindingOf(deps, { call, target, decision, ...digests }) });
}

function toolOf({ upstreams }: EditDeps, { binding }: Approval): NamedTarget | null {
  const upstream = upstreams.get(binding.upstream);
  return upstream === undefined
    ? null
    : { upstream, ref: { kind: 'tool', upstream: binding.upstream, name: binding.tool } };
}

function requesterOf({ binding, requesterName, particulars }: Approval, rights: RequesterRights): Principal {
  const { credentialId } = particulars;
  // At which endpoints the credential counts was asked when it was used, and is asked again when the host sends the call.
  return {
    id: binding.principal as PrincipalId,
    name: requesterName,
    client: binding.client,
    credentialId,
    resources: null,
    ...rights,
  };
}

function refused(why: string): Result<never, EditFault> {
  return err({ kind: 'refused', why });
}
