import { isJsonObject, type JsonObject } from '../json/value.ts';
import { err, ok, type Result } from '../result.ts';
import { invalidParams, type RpcError } from './errors.ts';
import type { TaskId } from '../tasks/task.ts';
import { type HostWish, isResourceUri, LIST_KINDS, URI_CHARS_MAX } from './notices.ts';

/** Resources that one listener may name. */
export const RESOURCES_WISHED_MAX = 100;
/** Tasks that one listener may name; no person has more. */
const TASKS_WISHED_MAX = 50;
const TASK_ID_CHARS_MAX = 128;

/**
 * Reads the parameters of `subscriptions/listen`. A kind of notification that is not known is left out: the acknowledgement says what
 * is honoured (2026-07-28, "Subscriptions").
 */
export function parseListenParams(params: JsonObject | null): Result<HostWish, RpcError> {
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
  const taskIds = wanted['taskIds'] ?? [];
  if (!Array.isArray(taskIds) || taskIds.length > TASKS_WISHED_MAX || !taskIds.every(isTaskId)) {
    return err(invalidParams(`taskIds must be at most ${TASKS_WISHED_MAX} strings of ${TASK_ID_CHARS_MAX} characters`));
  }
  return ok({ lists, resourceUris: [...new Set(uris)], taskIds: [...new Set(taskIds)] });
}

const isTaskId = (id: unknown): id is TaskId => typeof id === 'string' && id !== '' && id.length <= TASK_ID_CHARS_MAX;

/** Reads the parameters of `resources/subscribe` and `resources/unsubscribe`. */
export function parseSubscribeParams(params: JsonObject | null): Result<string, RpcError> {
  const uri = params?.['uri'];
  return isResourceUri(uri) ? ok(uri) : err(invalidParams(`uri must be a string of 1 to ${URI_CHARS_MAX} characters`));
}
