import { Buffer } from 'node:buffer';
import { isJsonObject, type JsonObject } from '../../core/json/value.ts';
import { skimObject, type SkimLimits } from '../../core/json/skim-object.ts';
import { encodeNotification, encodeResult, encodeResultBytes } from '../../core/mcp/encode-answer.ts';
import type { RpcId } from '../../core/mcp/message.ts';
import { encodeNotice, subscriptionMetaOf } from '../../core/mcp/notices.ts';
import type { Era } from '../../core/mcp/revisions.ts';
import { META_RELATED_TASK } from '../../core/tasks/task-support.ts';
import { formatTimestamp } from '../../core/timestamp.ts';
import type { HostError, HostResult } from '../../gateway/gateway.ts';
import type { HostNotice } from '../../gateway/subscriptions/listening.ts';
import type { HostTask, HostTaskList } from '../../gateway/tasks/host-task.ts';

type Pieces = readonly Uint8Array[];

/** The answer to a call that its host waits for by a task: `CreateTaskResult`, flat in the extension and nested before it. */
export function encodeCreatedTask(id: RpcId, task: HostTask, era: Era): Pieces {
  const result = era === 'modern' ? { resultType: 'task', ...modernFields(task) } : { task: legacyFields(task) };
  return [Buffer.from(encodeResult(id, result))];
}

/** The answer to `tasks/get`. The extension puts what the call came to into it; before, that is asked for by itself. */
export function encodeTask(id: RpcId, task: HostTask, era: Era): Pieces {
  if (era === 'legacy') return [Buffer.from(encodeResult(id, legacyFields(task)))];
  const { status, outcome, inputRequests } = task;
  const asked = inputRequests === null ? {} : { inputRequests };
  const fields = { resultType: 'complete', ...modernFields(task), ...asked };
  if (status !== 'completed' || outcome === null) return [Buffer.from(encodeResult(id, fields))];
  if (outcome.kind === 'error') {
    return [Buffer.from(encodeResult(id, { ...fields, status: 'failed', error: errorOf(outcome) }))];
  }
  const json = JSON.stringify(fields);
  const result: Pieces = [Buffer.from(`${json.slice(0, -1)},"result":`), ...outcome.json, CLOSING];
  // It says itself what kind of result it is, so nothing is added.
  return encodeResultBytes(id, result, 'legacy');
}

/** The answer to `tasks/result` of 2025-11-25: what the call itself would have been answered, and which task it is from. */
export function encodeTaskOutcome(id: RpcId, { id: taskId }: HostTask, outcome: HostResult): Pieces {
  const bytes = Buffer.concat(outcome.json);
  const skimmed = skimObject(bytes, RESULT_LIMITS);
  if (!skimmed.ok) throw new Error(`a kept result is no JSON object: ${skimmed.error.detail}`);
  const related = { [META_RELATED_TASK]: { taskId } };
  const existing = skimmed.value.get('_meta');
  if (existing === undefined) {
    const comma = skimmed.value.size === 0 ? '' : ',';
    const head = Buffer.from(`{"_meta":${JSON.stringify(related)}${comma}`);
    return encodeResultBytes(id, [head, bytes.subarray(bytes.indexOf('{') + 1)], 'legacy');
  }
  const meta: unknown = JSON.parse(bytes.toString('utf8', existing.start, existing.end));
  const merged = Buffer.from(
    JSON.stringify({ ...(isJsonObject(meta as JsonObject) ? (meta as JsonObject) : {}), ...related }),
  );
  return encodeResultBytes(id, [bytes.subarray(0, existing.start), merged, bytes.subarray(existing.end)], 'legacy');
}

export function encodeTaskList(id: RpcId, { tasks }: HostTaskList): Pieces {
  return [Buffer.from(encodeResult(id, { tasks: tasks.map(legacyFields) }))];
}

/** `subscriptionId`: of the `subscriptions/listen` that asked for it; `null` in the legacy era, where tasks come without their results. */
export function encodeHostNotice(notice: HostNotice, subscriptionId: RpcId | null): string {
  if (notice.kind === 'page-done') {
    return encodeNotification('notifications/elicitation/complete', { elicitationId: notice.elicitationId });
  }
  if (notice.kind !== 'task') return encodeNotice(notice, subscriptionId);
  const { task } = notice;
  if (subscriptionId === null) return encodeNotification('notifications/tasks/status', legacyFields(task));
  const { status, outcome, inputRequests } = task;
  const asked = inputRequests === null ? {} : { inputRequests };
  const fields = { ...subscriptionMetaOf(subscriptionId), ...modernFields(task), ...asked };
  if (status !== 'completed' || outcome === null) return encodeNotification('notifications/tasks', fields);
  if (outcome.kind === 'error') {
    return encodeNotification('notifications/tasks', { ...fields, status: 'failed', error: errorOf(outcome) });
  }
  const result = Buffer.concat(outcome.json).toString('utf8');
  return `${encodeNotification('notifications/tasks', fields).slice(0, -2)},"result":${result}}}`;
}

const CLOSING = Buffer.from('}');
/** Kept results are far smaller; these are theirs in depth and members. */
const RESULT_LIMITS: SkimLimits = { bytesMax: 16 * 1024 * 1024, depthMax: 1000, membersMax: 1000 };

function modernFields(task: HostTask): JsonObject {
  return { ...commonFields(task), status: task.status, ttlMs: task.ttlMs, pollIntervalMs: task.pollIntervalMs };
}

/** Before the extension, a call that ends in a tool's own error is a failed task. */
function legacyFields(task: HostTask): JsonObject {
  const { status, ttlMs, pollIntervalMs, outcome } = task;
  const failed = status === 'completed' && outcome !== null && isError(outcome);
  return { ...commonFields(task), status: failed ? 'failed' : status, ttl: ttlMs, pollInterval: pollIntervalMs };
}

function commonFields({ id, statusMessage, createdMs, updatedMs }: HostTask): JsonObject {
  return {
    taskId: id,
    statusMessage,
    createdAt: formatTimestamp(createdMs),
    lastUpdatedAt: formatTimestamp(updatedMs),
  };
}

function isError(outcome: HostResult | HostError): boolean {
  if (outcome.kind === 'error') return true;
  const bytes = Buffer.concat(outcome.json);
  const skimmed = skimObject(bytes, RESULT_LIMITS);
  const member = skimmed.ok ? skimmed.value.get('isError') : undefined;
  return member !== undefined && bytes.toString('latin1', member.start, member.end) === 'true';
}

function errorOf({ code, message, data }: HostError): JsonObject {
  return data === null ? { code, message } : { code, message, data };
}
