import { isJsonObject, type JsonObject } from '../json/value.ts';
import { err, ok, type Result } from '../result.ts';
import { invalidParams, type RpcError } from './errors.ts';
import type { Era } from './revisions.ts';

/** How a modern host continues a call that asked for input. */
export interface Continuation {
  /** As the host sent it back. */
  readonly requestState: string;
  readonly inputResponses: JsonObject;
}

const STATE_CHARS_MAX = 64 * 1024;

/**
 * Reads what continues an earlier round (2026-07-28, "Multi Round-Trip Requests"). Without a state there is nothing to continue, because
 * the gateway never asks without one: the call begins anew, and whatever answers came along are dropped. Legacy revisions know neither
 * member, so they mean nothing there.
 */
export function parseContinuation(params: JsonObject | null, era: Era): Result<Continuation | null, RpcError> {
  if (params === null || era === 'legacy') return ok(null);
  const { requestState, inputResponses = {} } = params;
  if (!isJsonObject(inputResponses)) return err(invalidParams('inputResponses must be an object'));
  for (const key in inputResponses) {
    if (!isJsonObject(inputResponses[key])) return err(invalidParams('each of inputResponses must be an object'));
  }
  if (requestState === undefined) return ok(null);
  if (typeof requestState !== 'string' || requestState.length > STATE_CHARS_MAX) {
    return err(invalidParams('requestState must be the text that was given'));
  }
  return ok({ requestState, inputResponses });
}
