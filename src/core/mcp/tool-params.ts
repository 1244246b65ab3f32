import { isJsonObject, type Json, type JsonObject } from '../json/value.ts';
import { err, ok, type Result } from '../result.ts';
import { invalidParams, type RpcError } from './errors.ts';
import { isRpcId, RPC_ID_BYTES_MAX, type RpcId } from './message.ts';
import { parseTraceparent } from './traceparent.ts';

/** All that is taken from the parameters of `tools/call`. Whatever else they held is gone, and cannot reach an upstream unseen. */
export interface ToolCallParams {
  readonly name: string;
  readonly args: JsonObject;
  readonly progressToken: RpcId | null;
  readonly traceparent: string | null;
}

export interface ListParams {
  readonly cursor: string | null;
  readonly traceparent: string | null;
}

/** MCP 2025-11-25, "Tool Names". */
const NAME_LENGTH_MAX = 128;
const CURSOR_LENGTH_MAX = 4096;
export const NO_ARGUMENTS: JsonObject = Object.freeze(Object.setPrototypeOf({}, null) as JsonObject);

/**
 * Reads the parameters of `tools/call`. A `task` of revision 2025-11-25 is left out: a receiver that does not offer tasks must
 * answer as if it were not there. What continues an earlier round of 2026-07-28 is read by `parseContinuation`.
 */
export function parseToolCallParams(params: JsonObject | null): Result<ToolCallParams, RpcError> {
  if (params === null) return err(invalidParams('name must be a string'));
  const { name, arguments: args = NO_ARGUMENTS, _meta: meta } = params;
  if (typeof name !== 'string' || name === '' || name.length > NAME_LENGTH_MAX) {
    return err(invalidParams(`name must be a string of 1 to ${NAME_LENGTH_MAX} characters`));
  }
  if (!isJsonObject(args)) return err(invalidParams('arguments must be an object'));
  const called = parseCallMeta(meta);
  return called.ok ? ok({ name, args, ...called.value }) : called;
}

/** What is taken from the `_meta` of any call. */
export function parseCallMeta(
  meta: Json | undefined,
): Result<Pick<ToolCallParams, 'progressToken' | 'traceparent'>, RpcError> {
  if (meta !== undefined && !isJsonObject(meta)) return err(invalidParams('_meta must be an object'));
  const progressToken = parseProgressToken(meta?.progressToken);
  if (!progressToken.ok) return progressToken;
  return ok({ progressToken: progressToken.value, traceparent: parseTraceparent(meta?.traceparent) });
}

export function parseListParams(params: JsonObject | null): Result<ListParams, RpcError> {
  const { cursor = null, _meta: meta } = params ?? NO_ARGUMENTS;
  if (cursor !== null && (typeof cursor !== 'string' || cursor.length > CURSOR_LENGTH_MAX)) {
    return err(invalidParams(`cursor must be a string of at most ${CURSOR_LENGTH_MAX} characters`));
  }
  if (meta !== undefined && !isJsonObject(meta)) return err(invalidParams('_meta must be an object'));
  return ok({ cursor, traceparent: parseTraceparent(meta?.traceparent) });
}

function parseProgressToken(token: Json | undefined): Result<RpcId | null, RpcError> {
  if (token === undefined) return ok(null);
  if (isRpcId(token)) return ok(token);
  return err(invalidParams(`progressToken must be an integer or a string of 1 to ${RPC_ID_BYTES_MAX} bytes`));
}
