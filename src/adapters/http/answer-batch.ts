import { Buffer } from 'node:buffer';
import { encodeError } from '../../core/mcp/encode-answer.ts';
import type { Message, RequestMessage } from '../../core/mcp/message.ts';
import type { Batch } from '../../core/mcp/parse-batch.ts';
import type { LegacyRevision } from '../../core/mcp/revisions.ts';
import { type Caller, type Exchange, recordRefusal, turnAway } from './exchange.ts';
import { handleMessage } from './handle-message.ts';
import { PartResponse } from './part-response.ts';
import { type HttpRefusal, REFUSALS } from './refusals.ts';
import { lengthOf, sendEmpty, sendJsonBytes } from './respond.ts';

/** The one revision in which a receiver must take batches. Those after it took them out again. */
const BATCH_REVISION: LegacyRevision = '2025-03-26';

/** All answers of a batch together. Messages whose turn comes after that are not carried out. */
const BATCH_ANSWER_BYTES_MAX = 32 * 1024 * 1024;

/**
 * Answers the messages of a batch, one after the other. Each goes the way of a message that came alone: its own decision, its own entry
 * and its own answer, and none of them sees another's. An upstream never sees that they came together.
 */
export async function answerBatch(exchange: Exchange, caller: Caller, { messages }: Batch): Promise<void> {
  const { plane, res } = exchange;
  const { sessionId, protocolVersion } = caller.headers;
  const { principal } = caller;
  const session = sessionId === null ? null : plane.sessions.find(sessionId, principal);
  if (sessionId !== null && session === null) return turnAway(exchange, REFUSALS.sessionUnknown, { principal });
  if (session?.revision !== BATCH_REVISION || (protocolVersion ?? BATCH_REVISION) !== BATCH_REVISION) {
    return turnAway(exchange, REFUSALS.batch, { principal });
  }

  const answers: Uint8Array[] = [];
  let refused = 0;
  let bytes = 0;
  for (const message of messages) {
    if (caller.abort.signal.aborted) return;
    const part =
      bytes > BATCH_ANSWER_BYTES_MAX
        ? refusedPart(plane, caller, message, REFUSALS.overloaded)
        : await answerInTurn(exchange, caller, message);
    if (part !== null && part.status >= 400) refused = Math.max(refused, part.status);
    // What has no id is not answered: a notification, and an answer of the host's own.
    if (message.kind !== 'request' || part === null) continue;
    answers.push(part.body);
    bytes += part.body.length;
  }
  if (res.destroyed) return;
  if (answers.length === 0) return sendEmpty(res, refused === 0 ? 202 : 400);
  const pieces = answers.flatMap((answer, index) => [index === 0 ? OPENING : COMMA, answer]);
  caller.slot.hold(lengthOf(pieces));
  sendJsonBytes(res, 200, [...pieces, CLOSING]);
}

const OPENING = Buffer.from('[');
const COMMA = Buffer.from(',');
const CLOSING = Buffer.from(']');

interface Part {
  readonly status: number;
  readonly body: Buffer;
}

/** Those before it may have taken long, so the credential is looked at again: each message goes the way of one that came alone. */
async function answerInTurn(exchange: Exchange, caller: Caller, message: Message): Promise<Part | null> {
  const renewed = await caller.renew();
  if (!renewed.ok) return refusedPart(exchange.plane, caller, message, renewed.error);
  return answerPart(exchange, { ...caller, principal: renewed.value }, message);
}

async function answerPart({ plane, req }: Exchange, caller: Caller, message: Message): Promise<Part | null> {
  const res = new PartResponse(req);
  // Its own end: to cancel one request of a batch must not end the others.
  const abort = new AbortController();
  const onGone = (): void => abort.abort();
  caller.abort.signal.addEventListener('abort', onGone, { once: true });
  // Several answers cannot be several streams on one connection.
  const headers = { ...caller.headers, accept: 'application/json' };
  try {
    await handleMessage({ plane, req, res }, { ...caller, headers, abort }, message);
  } catch (error) {
    plane.deps.report({ callId: null, problem: 'a message of a batch could not be answered', error });
    return refusedPart(plane, caller, message, REFUSALS.internal);
  } finally {
    caller.abort.signal.removeEventListener('abort', onGone);
  }
  return res.part;
}

function refusedPart(plane: Exchange['plane'], { principal }: Caller, message: Message, refusal: HttpRefusal): Part {
  const method = message.kind === 'response' ? {} : { method: message.method };
  recordRefusal(plane, refusal, { principal, revision: BATCH_REVISION, ...method });
  return { status: refusal.error.httpStatus, body: Buffer.from(encodeError(idOf(message), refusal.error)) };
}

function idOf(message: Message): RequestMessage['id'] | null {
  return message.kind === 'request' ? message.id : null;
}
