import { REQUEST_LIMITS } from '../json/limits.ts';
import { isJsonArray } from '../json/value.ts';
import { readJson } from '../json/read-json.ts';
import { err, type Result } from '../result.ts';
import { RPC_ERRORS, rpcError } from './errors.ts';
import { type Message, type MessageFault, parseMessage } from './message.ts';
import { type Batch, parseBatch } from './parse-batch.ts';

/** Reads the body of one POST: one JSON-RPC message, or a batch of them, in JSON that every reader understands alike. */
export function parseBody(body: Uint8Array): Result<Message | Batch, MessageFault> {
  const json = readJson(body, REQUEST_LIMITS);
  if (json.ok) return isJsonArray(json.value) ? parseBatch(json.value) : parseMessage(json.value);
  if (json.error.kind !== 'inexact-number')
    return err({
      id: null,
      error: rpcError(
        RPC_ERRORS.parse,
        'Parse error. Send one JSON message in UTF-8, without a name twice in an object.',
        400,
      ),
    });
  // The text is JSON, but says a number that would not be the same when written again: in an id, or in what is asked for.
  const code = depthAt(body, json.error.offset) <= 1 ? RPC_ERRORS.invalidRequest : RPC_ERRORS.invalidParams;
  return err({
    id: null,
    error: rpcError(code, 'A number cannot be represented exactly. Send it as a text, or with fewer digits.', 400),
  });
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** How many arrays and objects are open at a place in well-formed JSON. */
function depthAt(body: Uint8Array, offset: number): number {
  let depth = 0;
  let isString = false;
  for (let at = 0; at < offset; at++) {
    const byte = body[at];
    if (byte === QUOTE) isString = !isString;
    else if (isString && byte === BACKSLASH) at++;
    else if (!isString && (byte === 0x7b || byte === 0x5b)) depth++;
    else if (!isString && (byte === 0x7d || byte === 0x5d)) depth--;
  }
  return depth;
}
