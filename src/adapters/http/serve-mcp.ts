import type { IncomingMessage } from 'node:http';
import type { Principal } from '../../core/identity/principal.ts';
import type { Message } from '../../core/mcp/message.ts';
import type { Batch } from '../../core/mcp/parse-batch.ts';
import { parseBody } from '../../core/mcp/parse-body.ts';
import type { Result } from '../../core/result.ts';
import type { Soon } from '../../core/soon.ts';
import type { Endpoint } from '../../gateway/gateway.ts';
import { isModernRevision } from '../../core/mcp/revisions.ts';
import { answerBatch } from './answer-batch.ts';
import { authenticate } from './authenticate.ts';
import { acceptsEventStream, checkMedia, checkNames } from './check-request.ts';
import { openEventStream } from './event-stream-requests.ts';
import { type McpTarget, metadataUrlOf, resourceOf } from './find-target.ts';
import { handleMessage } from './handle-message.ts';
import { type InboundHeaders, parseInboundHeaders } from './inbound-headers.ts';
import { type Caller, type Exchange, failClosed, turnAway } from './exchange.ts';
import { type BodyFault, readBody } from './read-body.ts';
import { type HttpRefusal, REFUSALS, refusalOf } from './refusals.ts';
import { sendEmpty } from './respond.ts';

/** Answers a request to an MCP endpoint. `target` is `null` where there is none. */
export function serveMcp(exchange: Exchange, target: McpTarget | null): void {
  void guard(exchange, () => serve(exchange, target));
}

/** Whatever goes wrong in a step, now or later, the request is denied. */
async function guard(exchange: Exchange, step: () => Soon<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    failClosed(exchange, error);
  }
}

/** The way of every request, cheapest check first: nothing is read or looked up for one that can be refused without it. */
function serve(exchange: Exchange, target: McpTarget | null): Soon<void> {
  const { plane, req, res } = exchange;
  const parsed = parseInboundHeaders(req.rawHeaders, plane.limits.headersMax);
  if (!parsed.ok) return turnAway(exchange, parsed.error);
  const headers = parsed.value;
  const foreign = checkNames(headers, plane.allowed);
  if (foreign !== null) return turnAway(exchange, foreign);
  if (target === null) return turnAway(exchange, REFUSALS.notFound);
  const refusal = checkForm(req, headers, plane.limits.bodyBytesMax);
  if (refusal !== null) return turnAway(exchange, refusal);

  const slot = plane.load.enter();
  if (slot === null) return turnAway(exchange, plane.load.isStopping ? REFUSALS.stopping : REFUSALS.overloaded);
  const abort = new AbortController();
  // What nobody waits for must not write anything. Of the hosts that can come back, their calls know.
  const loss = { mean: () => abort.abort() };
  res.once('close', () => {
    slot.leave();
    if (!res.writableFinished) loss.mean();
  });

  const place = { resource: resourceOf(plane.publicUrl, target), metadataUrl: metadataUrlOf(plane.publicUrl, target) };
  const renew = () => authenticate(plane.deps.authenticator, headers.authorization, req.url ?? '', place);
  const arrival: Arrival = { headers, endpoint: endpointOf(target), slot, abort, loss, renew };
  const principal = renew();
  return principal instanceof Promise
    ? principal.then((later) => serveCaller(exchange, arrival, later))
    : serveCaller(exchange, arrival, principal);
}

/** What is known of a request before it is known whose it is. */
type Arrival = Omit<Caller, 'principal'>;

function serveCaller(exchange: Exchange, arrival: Arrival, known: Result<Principal, HttpRefusal>): Soon<void> {
  if (!known.ok) return turnAway(exchange, known.error);
  const { plane, req } = exchange;
  const { endpoint, slot } = arrival;
  const principal = known.value;
  // Not before: whoever is not signed in cannot tell which upstreams there are.
  if (endpoint.kind === 'one' && !plane.deps.gateway.hasUpstream(endpoint.upstream))
    return turnAway(exchange, REFUSALS.notFound, { principal });
  if (!slot.claimFor(principal.id)) return turnAway(exchange, REFUSALS.overloaded, { principal });
  const caller: Caller = { ...arrival, principal };
  if (req.method === 'DELETE') return endSession(exchange, caller);
  if (req.method === 'GET') return openEventStream(exchange, caller).then(() => limitStall(exchange));
  return serveBody(exchange, caller);
}

function serveBody(exchange: Exchange, caller: Caller): void {
  const { plane, req, res } = exchange;
  const askedMs = plane.deps.clock.monotonicMs();
  if (caller.headers.expect !== null) res.writeContinue();
  readBody(req, caller.slot, plane.limits.bodyBytesMax, (body) => {
    void guard(exchange, () => {
      if (!body.ok) return turnAwayBody(exchange, caller, body.error);
      const turn = plane.turns.take(body.value.length);
      return turn === null
        ? serveMessage(exchange, caller, body.value, askedMs)
        : turn.then(() => serveMessage(exchange, caller, body.value, askedMs));
    });
  });
}

function serveMessage(exchange: Exchange, caller: Caller, body: Uint8Array, askedMs: number): Soon<void> {
  const { principal, renew } = caller;
  const message = parseBody(body);
  if (!message.ok) {
    const { error, id } = message.error;
    return turnAway(exchange, refusalOf(error), { principal, id });
  }
  if (exchange.plane.deps.clock.monotonicMs() - askedMs < ASK_AGAIN_MS)
    return answerMessage(exchange, caller, message.value);
  // Whoever sends slowly may have been revoked meanwhile: calls would stop for that, and lists would not.
  const answer = (still: Result<Principal, HttpRefusal>): Soon<void> =>
    still.ok
      ? answerMessage(exchange, { ...caller, principal: still.value }, message.value)
      : turnAway(exchange, still.error, { principal });
  const renewed = renew();
  return renewed instanceof Promise ? renewed.then(answer) : answer(renewed);
}

function answerMessage(exchange: Exchange, caller: Caller, message: Message | Batch): Soon<void> {
  const answered =
    message.kind === 'batch' ? answerBatch(exchange, caller, message) : handleMessage(exchange, caller, message);
  return answered instanceof Promise ? answered.then(() => limitStall(exchange)) : limitStall(exchange);
}

/** For so long, a look at a credential is good. */
const ASK_AGAIN_MS = 1000;

function checkForm(req: IncomingMessage, headers: InboundHeaders, bodyBytesMax: number): HttpRefusal | null {
  if (headers.expect !== null && headers.expect.toLowerCase() !== '100-continue') return REFUSALS.expectation;
  if (req.method === 'DELETE') return null;
  if (req.method === 'GET' && isOfSession(headers))
    return acceptsEventStream(headers) ? null : REFUSALS.eventsNotAcceptable;
  if (req.method !== 'POST') return REFUSALS.methodNotAllowed;
  return Number(headers.contentLength ?? 0) > bodyBytesMax ? REFUSALS.bodyTooLarge : checkMedia(headers);
}

/** Only the legacy revisions have a stream to be asked for with GET, and only in a session. */
function isOfSession({ sessionId, protocolVersion }: InboundHeaders): boolean {
  return sessionId !== null && (protocolVersion === null || !isModernRevision(protocolVersion));
}

function endpointOf({ upstream }: McpTarget): Endpoint {
  return upstream === null ? { kind: 'all' } : { kind: 'one', upstream };
}

function endSession(exchange: Exchange, { principal, headers }: Caller): void {
  const { plane, res } = exchange;
  if (headers.sessionId === null) return turnAway(exchange, REFUSALS.sessionMissing, { principal });
  const session = plane.sessions.find(headers.sessionId, principal);
  if (session === null) return turnAway(exchange, REFUSALS.sessionUnknown, { principal });
  plane.sessions.close(session);
  sendEmpty(res, 204);
}

function turnAwayBody(exchange: Exchange, { principal }: Caller, fault: BodyFault): void {
  // One that never arrived whole has passed no framing, and nobody is there to be answered.
  if (fault === 'gone') return;
  turnAway(exchange, fault === 'too-large' ? REFUSALS.bodyTooLarge : REFUSALS.overloaded, { principal });
}

/** Bounds how long an answer waits for a reader that does not read. Node sets the timeout anew when the answer is through. */
function limitStall({ plane, res }: Exchange): void {
  if (res.socket === null || res.socket.writableLength === 0) return;
  const { stalledReaderTimeoutMs, readBytesPerSecondMin } = plane.limits;
  res.socket.setTimeout(stalledReaderTimeoutMs);
  // A little progress now and then would put that off for ever.
  if (!res.writableEnded) return;
  const restMs = (res.socket.writableLength / readBytesPerSecondMin) * 1000;
  const timer = setTimeout(() => res.destroy(), stalledReaderTimeoutMs + restMs).unref();
  res.once('close', () => clearTimeout(timer));
}
