import { argsDigest } from '../core/approval/args-digest.ts';
import { methodOf } from '../core/catalog/target.ts';
import { canonicalJson } from '../core/json/canonical-json.ts';
import { STATE_CHARS_MAX } from '../core/mcp/continuation.ts';
import {
  checkRequestState,
  encodeRequestState,
  parseRequestState,
  type RequestState,
  type StateBearer,
} from '../core/mcp/request-state.ts';
import type { CallDeps } from './deps.ts';
import type { DurableAsk } from './durable-ask.ts';
import type { HostCall } from './gateway.ts';
import { sealKept } from './left-calls.ts';
import { CONVERSATION_MS_MAX } from './steps/ask-host.ts';

export interface SealedRound {
  readonly requestState: string;
  /** Another process can go on with it: the store knows that it waits. */
  readonly isDurable: boolean;
}

/**
 * What the host carries until it comes back. Where going on takes more than a host may be made to carry, only this process can. Throws
 * `StoreError`.
 */
export async function sealRound(
  deps: CallDeps,
  request: HostCall,
  { callId, round, durable }: { readonly callId: string; readonly round: number; readonly durable: DurableAsk | null },
): Promise<SealedRound> {
  const expiresMs = Math.round(deps.clock.nowMs()) + CONVERSATION_MS_MAX;
  const state = { ...bearerOf(deps, request), callId, round, expiresMs, processId: deps.processId };
  const whole = durable === null ? null : sealWhole(deps, { ...state, durable: durable.round });
  if (durable === null || whole === null)
    return { requestState: deps.stateSealer.seal(encodeRequestState({ ...state, durable: null })), isDurable: false };
  const untilMs = durable.round.startedMs + CONVERSATION_MS_MAX;
  const isDurable = await deps.openCalls.keep({
    callId,
    round,
    untilMs,
    sealed: sealKept(deps.taskSealer, callId, { ...durable, task: null }),
  });
  return { requestState: whole, isDurable };
}

/** `null`: it is too large, or too deep to be read again. */
function sealWhole({ stateSealer }: CallDeps, state: RequestState): string | null {
  const text = encodeRequestState(state);
  const sealed = text.length <= STATE_CHARS_MAX && parseRequestState(text).ok ? stateSealer.seal(text) : null;
  return sealed !== null && sealed.length <= STATE_CHARS_MAX ? sealed : null;
}

/** `null`: it is not ours, not of this person, client and request, or over. */
export function openRound(deps: CallDeps, call: HostCall, sealed: string): RequestState | null {
  const text = deps.stateSealer.open(sealed);
  const state = text === null ? null : parseRequestState(text);
  if (state === null || !state.ok) return null;
  return checkRequestState(state.value, bearerOf(deps, call), deps.clock.nowMs()) === null ? state.value : null;
}

function bearerOf(deps: CallDeps, { context, kind, exposedName, args }: HostCall): StateBearer {
  const { principal, endpoint } = context;
  return {
    principal: principal.id,
    client: principal.client,
    method: methodOf(kind),
    name: exposedName,
    endpoint: endpoint.kind === 'all' ? '' : endpoint.upstream,
    argsDigest: argsDigest(deps.digestKey, canonicalJson(args)),
  };
}
