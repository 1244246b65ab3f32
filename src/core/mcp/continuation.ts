import { isJsonObject, type JsonObject } from '../json/value.ts';
import { err, ok, type Result } from '../result.ts';
import { invalidParams, type RpcError } from './errors.ts';
import type { Era } from './revisions.ts';

/** What a modern host brings to a call that asked for input, or that it expects to ask. */
export interface Continuation {
  /** As the host sent it back; `null`: the call begins. */
  readonly requestState: string | null;
  /** Each an object, by the key of its question. */
  readonly inputResponses: JsonObject;
}

/** Of a `requestState`. What is sealed for hosts is no longer. */
export const STATE_CHARS_MAX: number = 64 * 1024;

/**
 * Reads what continues an earlier round (2026-07-28, "Multi Round-Trip Requests"). Without a state there is nothing to continue, because
 * the gateway never asks without one: the call begins anew, with answers to what it may ask first. Legacy revisions know neither member,
 * so they mean nothing there.
 */
export function parseContinuation(params: JsonObject | null, era: Era): Result<Continuation | null, RpcError> {
  if (params === null || era === 'legacy') return ok(null);
  const { requestState = null, inputResponses = {} } = params;
  if (params.requestState === undefined && params.inputResponses === undefined) return ok(null);
  if (!isJsonObject(inputResponses)) return err(invalidParams('inputResponses must be an object'));
  for (const key in inputResponses) {
    if (!isJsonObject(inputResponses[key])) return err(invalidParams('each of inputResponses must be an object'));
  }
  if (params.requestState === undefined) return ok({ requestState: null, inputResponses });
  if (typeof requestState !== 'string' || requestState.length > STATE_CHARS_MAX) {
    return err(invalidParams('requestState must be the text that was given'));
  }
  return ok({ requestState, inputResponses });
}
