import type { Target, TargetKind } from '../../core/catalog/target.ts';
import { canonicalJson } from '../../core/json/canonical-json.ts';
import { isJsonObject, type JsonObject } from '../../core/json/value.ts';
import { readJson } from '../../core/json/read-json.ts';
import { REQUEST_LIMITS } from '../../core/json/limits.ts';
import type { Task, TaskId } from '../../core/tasks/task.ts';
import type { Sealer } from '../../ports/sealer.ts';
import type { HostError, HostResult } from '../gateway.ts';

/** The call behind a task, as its host sent it; who asks is not in it, but who comes for it. */
export interface TaskCall {
  readonly callId: string;
  readonly kind: TargetKind;
  readonly exposedName: string;
  readonly target: Target;
  /** `null` once there is nothing left to run. */
  readonly args: JsonObject | null;
  readonly revision: string;
  readonly traceparent: string | null;
}

/** The id of the task goes with it, so that nobody who can write the database can put one call in the place of another. */
export function sealCall(sealer: Sealer, id: TaskId, call: TaskCall): string {
  return sealer.seal(canonicalJson({ call: { ...call, target: { ...call.target } }, id }));
}

/** `null`: it was not sealed here, with this key, for this task. */
export function openCall(sealer: Sealer, { id, sealedCall }: Pick<Task, 'id' | 'sealedCall'>): TaskCall | null {
  const text = sealer.open(sealedCall);
  const json = text === null ? null : readJson(Buffer.from(text), SEALED_LIMITS);
  if (json === null || !json.ok || !isJsonObject(json.value)) return null;
  // What is sealed was written above, so only whether it is the right one is left to ask.
  return json.value['id'] === id ? (json.value['call'] as unknown as TaskCall) : null;
}

/** What a call came to, as it is kept for its host. */
export type TaskEnd = HostResult | HostError | { readonly kind: 'cancelled' };

export function sealEnd(sealer: Sealer, id: TaskId, end: TaskEnd): string {
  return sealer.seal(`${id} ${end.kind === 'result' ? Buffer.concat(end.json).toString('utf8') : writeOther(end)}`);
}

export function openEnd(sealer: Sealer, { id, sealedResult }: Pick<Task, 'id' | 'sealedResult'>): TaskEnd | null {
  const text = sealedResult === null ? null : sealer.open(sealedResult);
  if (text === null || !text.startsWith(`${id} `)) return null;
  const end = text.slice(id.length + 1);
  // A result is an object. What is sealed was written above, so only whether it is the right one is left to ask.
  if (end.startsWith('{')) return { kind: 'result', json: [Buffer.from(end)] };
  return end.startsWith(ERROR) ? (JSON.parse(end.slice(ERROR.length)) as HostError) : { kind: 'cancelled' };
}

const ERROR = 'error ';

function writeOther(end: Exclude<TaskEnd, HostResult>): string {
  return end.kind === 'cancelled' ? 'cancelled' : `${ERROR}${JSON.stringify(end)}`;
}

/** Two objects more than the arguments of a request can have. */
const SEALED_LIMITS = {
  ...REQUEST_LIMITS,
  bytesMax: REQUEST_LIMITS.bytesMax * 2,
  depthMax: REQUEST_LIMITS.depthMax + 2,
  keysMax: REQUEST_LIMITS.keysMax + 32,
};
