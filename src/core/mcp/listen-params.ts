import { isJsonObject, type JsonObject } from '../json/value.ts';
import { err, ok, type Result } from '../result.ts';
import { invalidParams, type RpcError } from './errors.ts';
import { isResourceUri, LIST_KINDS, URI_CHARS_MAX, type Wish } from './notices.ts';

/** Resources that one listener may name. */
export const RESOURCES_WISHED_MAX = 100;

/**
 * Reads the parameters of `subscriptions/listen`. A kind of notification that is not known is left out: the acknowledgement says what
 * is honoured (2026-07-28, "Subscriptions").
 */
export function parseListenParams(params: JsonObject | null): Result<Wish, RpcError> {
  const wanted = params?.['notifications'];
  if (!isJsonObject(wanted)) return err(invalidParams('notifications must be an object'));
  const lists = LIST_KINDS.filter((list) => wanted[`${list}ListChanged`] === true);
  const misfit = LIST_KINDS.find((list) => !['boolean', 'undefined'].includes(typeof wanted[`${list}ListChanged`]));
  if (misfit !== undefined) return err(invalidParams(`${misfit}ListChanged must be a boolean`));
  const uris = wanted['resourceSubscriptions'] ?? [];
  if (!Array.isArray(uris) || uris.length > RESOURCES_WISHED_MAX || !uris.every(isResourceUri)) {
    return err(
      invalidParams(
        `resourceSubscriptions must be at most ${RESOURCES_WISHED_MAX} URIs of ${URI_CHARS_MAX} characters`,
      ),
    );
  }
  return ok({ lists, resourceUris: [...new Set(uris)] });
}

/** Reads the parameters of `resources/subscribe` and `resources/unsubscribe`. */
export function parseSubscribeParams(params: JsonObject | null): Result<string, RpcError> {
  const uri = params?.['uri'];
  return isResourceUri(uri) ? ok(uri) : err(invalidParams(`uri must be a string of 1 to ${URI_CHARS_MAX} characters`));
}
