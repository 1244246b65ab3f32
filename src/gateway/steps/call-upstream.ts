import { type Json, isJsonArray, isJsonObject } from '../../core/json/value.ts';
import type { RawAsk } from '../../core/conversation/check-ask.ts';
import type { Result } from '../../core/result.ts';
import type { Upstream, UpstreamCall, UpstreamFault, UpstreamResult, UpstreamRpcError } from '../../ports/upstream.ts';

export type UpstreamAnswer = Result<UpstreamResult | UpstreamRpcError, UpstreamFault>;

/** Of 2025-11-25. Taken from upstreams, and sent to nobody. */
const URL_ELICITATION_REQUIRED = -32042;
/** How often the person is sent to a page for one call: that they said yes does not mean that they are through with it. */
const PAGES_TRIES_MAX = 2;
const PAGES_MAX = 8;

/**
 * Calls an upstream. One of revision 2025-11-25 may turn a call away until the person has opened a page (−32042): then they are asked
 * to, like by any other question, and the call that did not run is sent again.
 */
export async function callUpstream(upstream: Upstream, call: UpstreamCall): Promise<UpstreamAnswer> {
  for (let tries = 1; ; tries++) {
    const answer = await upstream.call(call);
    // What another process began is never begun anew.
    const pages = tries > PAGES_TRIES_MAX || call.from !== undefined ? null : pagesWanted(answer);
    if (pages === null) return answer;
    const reply = await call.asker?.ask(pages);
    if (call.signal.aborted) return fault('aborted', 'given up by the caller');
    if (reply?.kind !== 'answered') return fault('not-asked', reply?.detail ?? 'not-declared');
    const isAccepted = [...reply.answers.values()].every(({ action }) => action === 'accept');
    if (!isAccepted) return fault('not-asked', 'declined');
  }
}

/** `null`: the answer asks for none. */
function pagesWanted(answer: UpstreamAnswer): ReadonlyMap<string, RawAsk> | null {
  if (!answer.ok || answer.value.kind !== 'rpc-error' || answer.value.code !== URL_ELICITATION_REQUIRED) return null;
  const { data } = answer.value;
  const pages: Json | undefined = isJsonObject(data) ? data.elicitations : undefined;
  if (pages === undefined || !isJsonArray(pages) || pages.length === 0 || pages.length > PAGES_MAX) return null;
  const asks = new Map<string, RawAsk>();
  for (const [index, page] of pages.entries()) {
    if (!isJsonObject(page) || page.mode !== 'url') return null;
    asks.set(`page-${index + 1}`, { method: 'elicitation/create', params: page });
  }
  return asks;
}

function fault(kind: UpstreamFault['kind'], detail: string): UpstreamAnswer {
  return { ok: false, error: { kind, dispatched: true, detail } };
}
