import { type Result, ok } from '../../../core/result.ts';
import type { UpstreamFault } from '../../../ports/upstream.ts';
import { readInstructions } from '../rpc/read-instructions.ts';
import { BY_ITSELF, type HttpLeg } from './http-leg.ts';
import { modernHeaders } from './modern-requester.ts';
import type { HttpRequestDeps } from './requester.ts';
import type { Sessions } from './sessions.ts';

export interface InstructionsDeps extends HttpRequestDeps {
  readonly leg: HttpLeg;
  readonly sessions: Sessions;
}

/** What the upstream says about itself to this principal: in the handshake of their session, or when it is asked. */
export async function loadHttpInstructions(
  { leg, sessions, eras, params, limits, nextId }: InstructionsDeps,
  principal: string,
  signal: AbortSignal,
): Promise<Result<string | null, UpstreamFault>> {
  const era = await eras.current(signal);
  if (!era.ok) return era;
  if (era.value === 'legacy') {
    const session = await sessions.get(principal, signal);
    return session.ok ? ok(session.value.instructions) : session;
  }
  const answered = await leg.request(
    {
      id: nextId(),
      principal,
      method: 'server/discover',
      paramsJson: params.modern.discover(),
      headers: modernHeaders('server/discover'),
      timeoutMs: limits.handshakeTimeoutMs,
      signal,
      onProgress: null,
    },
    BY_ITSELF,
  );
  if (!answered.ok) return answered;
  const { response } = answered.value;
  return ok(response?.kind === 'result' ? readInstructions(response.result) : null);
}
