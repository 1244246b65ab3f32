import type { ApprovalId } from '../../core/approval/approval.ts';
import type { AskKind } from '../../core/conversation/ask.ts';
import { hasAny, sharedCapabilities } from '../../core/conversation/capabilities.ts';
import { canonicalJson } from '../../core/json/canonical-json.ts';
import { isModernRevision } from '../../core/mcp/revisions.ts';
import type { AskReply, UpstreamAsker } from '../../ports/upstream.ts';
import type { CallDeps } from '../deps.ts';
import type { GovernedCall, ResumedRound } from '../governed-call.ts';
import { type Asking, askHost, ASKS_PER_ROUND_MAX, type Question, resumeAsk, startClock } from './ask-host.ts';

/** What an upstream may ask during one call, and the way to end the call once its host does not come back. */
export interface CallAsker {
  readonly asker: UpstreamAsker;
  /** Aborts when the host was asked and never answered. */
  readonly abandoned: AbortSignal;
  /** What the upstream asked for and the host did not declare, so far. Only what the operator lets the upstream ask for. */
  readonly undeclared: ReadonlySet<AskKind>;
  /** Waits for the answers to what an earlier process asked. */
  resume(resumed: ResumedRound): Promise<AskReply>;
}

/** Questions that come this close together are put to the host together: a server that has three sends them one after the other. */
const GATHER_MS = 10;

/**
 * `null`: nobody can be asked, because the host cannot or the operator does not let this upstream. A modern host that cannot gets one
 * all the same, which asks nobody: what the upstream misses is what the host is told to declare.
 */
export function createAsker(deps: CallDeps, governed: GovernedCall, approvalId: ApprovalId | null): CallAsker | null {
  const { call, target, resumed } = governed;
  const { upstream, kind } = target.ref;
  const rules = deps.askRules(upstream);
  const capabilities = sharedCapabilities(call.context.capabilities, rules);
  // Completion is a question that asks back nothing (2026-07-28, "Multi Round-Trip Requests").
  if (kind === 'prompt-argument' || kind === 'template-argument') return null;
  const canDeclare = isModernRevision(call.context.revision) && hasAny(rules);
  if (!hasAny(capabilities) && !canDeclare) return null;

  const abandonment = new AbortController();
  const asking: Asking = {
    deps,
    governed,
    approvalId,
    check: { upstream, rules, declared: capabilities },
    abandonment,
    undeclared: new Set(),
    deadline: null,
    startedMs: 0,
    rounds: resumed?.kind === 'round' ? resumed.round : 0,
  };
  if (resumed?.kind === 'round') startClock(asking, resumed.startedMs);
  const { id, client } = call.context.principal;
  const asker: UpstreamAsker = {
    capabilities,
    owner: canonicalJson([id, client]),
    ask: inRounds((questions) => askHost(asking, questions)),
  };
  return {
    asker,
    abandoned: abandonment.signal,
    undeclared: asking.undeclared,
    resume: (round) => resume(asking, round),
  };
}

/** Never rejects: the call has begun, so it must come to an outcome. */
async function resume(asking: Asking, round: ResumedRound): Promise<AskReply> {
  try {
    return await resumeAsk(asking, round);
  } catch (error) {
    const { callId } = asking.governed.call.context;
    asking.deps.report({ callId, problem: 'a host could not be asked', error });
    return { kind: 'refused', detail: 'not-recorded' };
  }
}

/** One round after the other: a modern host can be asked once at a time, and a person can answer no faster. */
function inRounds(askTogether: (questions: readonly Question[]) => Promise<void>): UpstreamAsker['ask'] {
  const waiting: Question[] = [];
  let isAsking = false;

  async function askWaiting(): Promise<void> {
    while (waiting.length > 0) await askTogether(waiting.splice(0, ASKS_PER_ROUND_MAX));
    isAsking = false;
  }

  return (asks, bookmark) =>
    new Promise((resolve) => {
      waiting.push({ asks, bookmark: bookmark ?? null, resolve });
      if (isAsking) return;
      isAsking = true;
      setTimeout(() => void askWaiting(), GATHER_MS);
    });
}
