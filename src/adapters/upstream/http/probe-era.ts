import type { Era } from '../../../core/mcp/revisions.ts';
import { type Result, ok } from '../../../core/result.ts';
import type { UpstreamFault } from '../../../ports/upstream.ts';
import { notSent } from '../fault.ts';
import { readDiscovery } from '../rpc/read-discovery.ts';
import { type ParamsWriter, MODERN_REVISION } from '../rpc/write-params.ts';
import type { HttpAnswer } from './exchange.ts';
import { BY_ITSELF, type HttpLeg } from './http-leg.ts';
import { modernHeaders } from './modern-requester.ts';

/**
 * Asks with `server/discover`, which has no effect on any server, and never with a call: a legacy server may carry that out before it
 * was introduced to anybody.
 */
export async function probeEra(
  leg: HttpLeg,
  params: ParamsWriter,
  timeoutMs: number,
): Promise<Result<Era, UpstreamFault>> {
  const answered = await discoverOver(leg, params, timeoutMs);
  return answered.ok ? eraOfAnswer(answered.value) : answered;
}

/** Posts `server/discover` on the gateway's own behalf. */
export function discoverOver(
  leg: HttpLeg,
  params: ParamsWriter,
  timeoutMs: number,
): Promise<Result<HttpAnswer, UpstreamFault>> {
  return leg.request(
    {
      id: leg.nextId(),
      principal: null,
      method: 'server/discover',
      paramsJson: params.discover(),
      headers: modernHeaders('server/discover'),
      timeoutMs,
      signal: AbortSignal.timeout(timeoutMs),
      onProgress: null,
    },
    BY_ITSELF,
  );
}

/**
 * A refusal that a legacy server would give, too, means legacy. A missing or refused credential, a busy or a broken server says
 * nothing about eras; taking it for an answer would send modern hosts' calls through the wrong door for hours.
 */
function eraOfAnswer({ head, response }: HttpAnswer): Result<Era, UpstreamFault> {
  const { status } = head;
  if (status >= 500) return notSent('unreachable', `HTTP ${status} to the probe`);
  if (NO_EVIDENCE.has(status)) return notSent('invalid-answer', `HTTP ${status} to the probe`);
  if (response === null) return ok('legacy');
  const era = readDiscovery(response);
  if (era === null)
    return notSent('invalid-answer', `the upstream speaks neither ${MODERN_REVISION} nor a legacy revision`);
  return ok(era);
}

/** Credentials (401, 403, 407) and load (408, 425, 429). */
const NO_EVIDENCE: ReadonlySet<number> = new Set([401, 403, 407, 408, 425, 429]);
