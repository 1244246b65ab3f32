import type { ApprovalId } from '../../core/approval/approval.ts';
import type { CallDeps } from '../deps.ts';
import type { GovernedCall } from '../governed-call.ts';
import { sealKept } from '../left-calls.ts';

/**
 * Keeps what another process needs to go on asking for the task that an upstream made of a call, where somebody could come for what becomes
 * of it: with a task of ours, or by sending the approved call again. `bookmark`: `null` where none can. Never
 * rejects. `false`: it is not kept, so the outcome is unknown after a restart.
 */
export async function keepTask(
  deps: CallDeps,
  { call, target, killFacts, argsDigest, resumed }: GovernedCall,
  approvalId: ApprovalId | null,
  bookmark: string | null,
): Promise<boolean> {
  const isComeBackFor = approvalId !== null || (call.waiting ?? 'hold') !== 'hold';
  if (resumed?.kind === 'task') return true;
  if (bookmark === null || !isComeBackFor) return false;
  const { callId, principal } = call.context;
  const { upstream, name } = target.ref;
  const task = { upstream, target: name, sentDigest: argsDigest, bookmark };
  const sealed = sealKept(deps.taskSealer, callId, { facts: killFacts, credentialId: principal.credentialId, task });
  const untilMs = deps.clock.nowMs() + deps.taskSettings.runMsMax;
  try {
    return await deps.openCalls.keep({ callId, round: null, untilMs, sealed });
  } catch (error) {
    deps.report({ callId, problem: 'the task of an upstream could not be kept', error });
    return false;
  }
}
