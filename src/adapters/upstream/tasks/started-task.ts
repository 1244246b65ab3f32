import { isJsonObject, type Json, type JsonObject } from '../../../core/json/value.ts';
import type { Era } from '../../../core/mcp/revisions.ts';
import { readMember, type ResultObject } from '../rpc/read-message.ts';

/** What an upstream says of a task of its own. */
export interface UpstreamTask {
  readonly status: 'working' | 'input_required' | 'completed' | 'failed' | 'cancelled';
  /** As the upstream wants it; `null` where it says nothing. Not limited. */
  readonly pollMs: number | null;
}

/** A call that the upstream answered with a task. Its id never leaves this side. */
export interface StartedTask extends UpstreamTask {
  readonly kind: 'task';
  readonly id: string;
}

const ID_CHARS_MAX = 256;

/**
 * `null`: the answer is no task. The extension of 2026-07-28 says in the result itself that it is one; in the core of 2025-11-25 it stands
 * in a member of its own.
 */
export function readStartedTask(result: ResultObject, era: Era): StartedTask | 'malformed' | null {
  const task = era === 'modern' ? flatTask(result) : nestedTask(result);
  if (task === null) return null;
  const { taskId } = task;
  const state = readState(task);
  const isId = typeof taskId === 'string' && taskId !== '' && taskId.length <= ID_CHARS_MAX && taskId.isWellFormed();
  return isId && state !== null ? { kind: 'task', id: taskId, ...state } : 'malformed';
}

/** The answer to `tasks/get`; `null`: it is none. */
export function readTask(result: ResultObject): UpstreamTask | null {
  return readState(membersOf(result, TASK_MEMBERS));
}

const TASK_MEMBERS = ['taskId', 'status', 'pollInterval', 'pollIntervalMs'] as const;

function flatTask(result: ResultObject): JsonObject | null {
  const isTask = readMember(result.message, result.members.get('resultType')) === 'task';
  return isTask ? membersOf(result, TASK_MEMBERS) : null;
}

function nestedTask({ message, members }: ResultObject): JsonObject | null {
  if (!members.has('task')) return null;
  const task = readMember(message, members.get('task'));
  return isJsonObject(task) ? task : {};
}

function membersOf({ message, members }: ResultObject, names: readonly string[]): JsonObject {
  const read: Record<string, Json> = {};
  for (const name of names) read[name] = readMember(message, members.get(name)) ?? null;
  return read;
}

function readState({ status, pollIntervalMs, pollInterval }: JsonObject): UpstreamTask | null {
  const known = STATUSES.find((each) => each === status);
  const pollMs = pollIntervalMs ?? pollInterval;
  if (known === undefined) return null;
  return { status: known, pollMs: typeof pollMs === 'number' && pollMs > 0 ? pollMs : null };
}

const STATUSES: readonly UpstreamTask['status'][] = ['working', 'input_required', 'completed', 'failed', 'cancelled'];
