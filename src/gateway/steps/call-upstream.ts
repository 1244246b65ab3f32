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
export function callUpstream(upstream: Upstream, call: UpstreamCall): Promise<UpstreamAnswer> {
  const calling = upstream.call(call);
  // What another process began is never begun anew.
  if (call.from !== undefined) return calling;
  return calling.then((answer) => {
    const pages = pagesWanted(answer);
    return pages === null ? answer : callAgain(upstream, call, pages);
  });
}

async function callAgain(upstream: Upstream, call: UpstreamCall, first: WantedPages): Promise<UpstreamAnswer> {
  let pages = first;
  for (let tries = 2; ; tries++) {
    const reply = await call.asker?.ask(pages);
    if (call.signal.aborted) return fault('aborted', 'given up by the caller');
    if (reply?.kind !== 'answered') return fault('not-asked', reply?.detail ?? 'not-declared');
    const isAccepted = [...reply.answers.values()].every(({ action }) => action === 'accept');
    if (!isAccepted) return fault('not-asked', 'declined');
    const answer = await upstream.call(call);
    const more = tries > PAGES_TRIES_MAX ? null : pagesWanted(answer);
    if (more === null) return answer;
    pages = more;
  }
}

type WantedPages = ReadonlyMap<string, RawAsk>;

/** `null`: the answer asks for none. */
function pagesWanted(answer: UpstreamAnswer): WantedPages | null {
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
