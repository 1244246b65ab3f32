import { Buffer } from 'node:buffer';
import type { RawAsk } from '../../core/conversation/check-ask.ts';
import { readJson } from '../../core/json/read-json.ts';
import { isJsonObject, type JsonObject } from '../../core/json/value.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { UpstreamBookmark, UpstreamCall, UpstreamFault } from '../../ports/upstream.ts';
import { sent } from './fault.ts';
import { type CallAnswer, readCallAnswer } from './read-call-answer.ts';
import { readInputRequests } from './rpc/read-input-requests.ts';
import { readMember, type ResultObject, type RpcResponse } from './rpc/read-message.ts';
import type { Round } from './rpc/write-params.ts';

/** As often as a host is asked by one call. An upstream that only sheds load gets no more tries than that, either. */
const ROUNDS_MAX = 8;
/** Between two tries of an upstream that asked for nothing but another try. */
const PAUSE_MS = 500;
const STATE_CHARS_MAX = 256 * 1024;

/**
 * A call of a modern upstream, which asks by way of its answer (2026-07-28, "Multi Round-Trip Requests"). Each round is a request of its
 * own with the same parameters, what the host said, and the upstream's state byte by byte: so another process can go on with the next
 * one.
 */
export function callInRounds(call: UpstreamCall, send: SendRound): Promise<CallAnswer> {
  if (call.from !== undefined) return goOn(call, send, call.from);
  return send(null).then((response) => {
    const asking = inputWanted(response);
    return asking === null ? endOf(call, response) : converse(call, send, asking);
  });
}

type SendRound = (round: Round | null) => Promise<RoundAnswer>;
type RoundAnswer = Result<RpcResponse, UpstreamFault>;

/** `null`: the call is over. */
function inputWanted(response: RoundAnswer): ResultObject | null {
  if (!response.ok || response.value.kind === 'error') return null;
  return wantsInput(response.value.result) ? response.value.result : null;
}

function endOf(call: UpstreamCall, response: RoundAnswer): CallAnswer {
  return response.ok ? readCallAnswer(response.value, 'modern', call) : response;
}

async function converse(call: UpstreamCall, send: SendRound, asking: ResultObject): Promise<CallAnswer> {
  const next = await nextRound(call, asking, 1);
  return next.ok ? sendRounds(call, send, next.value, 2) : next;
}

async function goOn(call: UpstreamCall, send: SendRound, from: UpstreamBookmark): Promise<CallAnswer> {
  const earlier = readBookmark(from.text);
  if (earlier === null) return sent('invalid-answer', 'where the call goes on is not known');
  const { requestState, rounds } = earlier;
  return sendRounds(call, send, { requestState, inputResponses: inputOf(from.answers) }, rounds + 1);
}

/** Rounds behind the first, so that the upstream has seen the call, whatever becomes of them. */
async function sendRounds(call: UpstreamCall, send: SendRound, first: Round, firstAt: number): Promise<CallAnswer> {
  let round = first;
  for (let rounds = firstAt; ; rounds++) {
    const response = await send(round);
    if (!response.ok) return err({ ...response.error, dispatched: true });
    const asking = inputWanted(response);
    if (asking === null) return endOf(call, response);
    const next = await nextRound(call, asking, rounds);
    if (!next.ok) return next;
    round = next.value;
  }
}

interface InputRequired {
  readonly asks: ReadonlyMap<string, RawAsk>;
  readonly requestState: string | null;
}

async function nextRound(
  call: UpstreamCall,
  asking: ResultObject,
  rounds: number,
): Promise<Result<Round, UpstreamFault>> {
  const wanted = readInputRequired(asking);
  if (!wanted.ok) return sent('invalid-answer', wanted.error);
  if (rounds > ROUNDS_MAX) return sent('not-asked', 'too-many');
  const { asks, requestState } = wanted.value;
  const { asker, signal } = call;
  if (asks.size === 0) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    return signal.aborted ? sent('aborted', 'given up by the caller') : ok({ requestState, inputResponses: {} });
  }
  if (asker === null) return sent('not-asked', 'not-declared');
  const reply = await asker.ask(asks, writeBookmark({ requestState, rounds }));
  if (signal.aborted) return sent('aborted', 'given up by the caller');
  if (reply.kind === 'refused') return sent('not-asked', reply.detail);
  return ok({ requestState, inputResponses: inputOf(reply.answers) });
}

const inputOf = (answers: ReadonlyMap<string, JsonObject>): JsonObject => Object.fromEntries(answers);

interface Bookmark {
  readonly requestState: string | null;
  /** Requests that were answered with a question so far. */
  readonly rounds: number;
}

const writeBookmark = (bookmark: Bookmark): string => JSON.stringify(bookmark);

function readBookmark(text: string): Bookmark | null {
  const json = readJson(Buffer.from(text), BOOKMARK_LIMITS);
  if (!json.ok || !isJsonObject(json.value)) return null;
  const { requestState, rounds } = json.value;
  if ((requestState !== null && typeof requestState !== 'string') || typeof rounds !== 'number') return null;
  return { requestState, rounds };
}

const BOOKMARK_LIMITS = { bytesMax: 4 * STATE_CHARS_MAX, depthMax: 1, keysMax: 4, itemsMax: 0 };

function wantsInput({ message, members }: ResultObject): boolean {
  return readMember(message, members.get('resultType')) === 'input_required';
}

function readInputRequired(result: ResultObject): Result<InputRequired, string> {
  const { message, members } = result;
  const asks = readInputRequests(result);
  if (!asks.ok) return asks;
  const requestState = members.has('requestState') ? readMember(message, members.get('requestState')) : null;
  if (requestState !== null && (typeof requestState !== 'string' || requestState.length > STATE_CHARS_MAX))
    return err('requestState is no text, or too long');
  if (asks.value.size === 0 && requestState === null) return err('input is required, and none is named');
  return ok({ asks: asks.value, requestState });
}
