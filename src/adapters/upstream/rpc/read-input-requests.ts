import type { RawAsk } from '../../../core/conversation/check-ask.ts';
import { isJsonObject, type JsonObject } from '../../../core/json/value.ts';
import { err, ok, type Result } from '../../../core/result.ts';
import { readMember, type ResultObject } from './read-message.ts';

/** `inputRequests` of an `InputRequiredResult`, or of a task that waits for input, by their keys. Empty where there are none. */
export function readInputRequests({ message, members }: ResultObject): Result<ReadonlyMap<string, RawAsk>, string> {
  const requests = members.has('inputRequests') ? readMember(message, members.get('inputRequests')) : {};
  if (!isJsonObject(requests)) return err('inputRequests is no object');
  const asks = new Map<string, RawAsk>();
  for (const [key, request] of Object.entries(requests)) {
    if (!isJsonObject(request) || typeof request.method !== 'string') return err('an input request has no method');
    const params: JsonObject | null = isJsonObject(request.params) ? request.params : null;
    asks.set(key, { method: request.method, params });
  }
  return ok(asks);
}
