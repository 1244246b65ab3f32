import type { JsonObject } from '../../src/core/json/value.ts';
import type { World } from './evasion-world.ts';
import type { Host } from './host-request.ts';
import { parseAnswerBody, type RpcAnswer } from './mcp-request.ts';
import type { RawAnswer } from './raw-http.ts';

/** The two forms in which hosts take tasks. */
export const TASK_HOSTS = ['2025-11-25 in a session', '2026-07-28'] as const;
export type TaskHost = (typeof TASK_HOSTS)[number];

const DECLARED: JsonObject = {
  'io.modelcontextprotocol/clientCapabilities': { extensions: { 'io.modelcontextprotocol/tasks': {} } },
};

export interface TaskRequest {
  readonly token?: string;
  readonly path?: string;
  readonly session?: string;
}

/** Sends a call of a host that takes a task for an answer. */
export function callAsTask(
  world: World,
  host: TaskHost,
  name: string,
  args: JsonObject,
  request: TaskRequest = {},
): Promise<RawAnswer> {
  const asked = host === '2026-07-28' ? { _meta: DECLARED } : { task: { ttl: 60_000 } };
  return sendAs(world, host, 'tools/call', { name, arguments: args, ...asked }, request);
}

/** Asks about a task. */
export function askTask(
  world: World,
  host: TaskHost,
  method: string,
  taskId: string,
  request: TaskRequest = {},
): Promise<RawAnswer> {
  const asked = host === '2026-07-28' ? { _meta: DECLARED } : {};
  return sendAs(world, host, method, { taskId, ...asked }, request, taskId);
}

function sendAs(
  world: World,
  host: Host,
  method: string,
  params: JsonObject,
  { session, ...request }: TaskRequest,
  mirrored: string | null = null,
): Promise<RawAnswer> {
  const name = host === '2026-07-28' && mirrored !== null ? ([['Mcp-Name', mirrored]] as const) : [];
  const own = session === undefined ? [] : ([['Mcp-Session-Id', session]] as const);
  return world.send(world.request(host, { method, params, headers: [...name, ...own], ...request }));
}

/** What both forms of a task have. */
export type SeenTask = JsonObject & {
  readonly taskId: string;
  readonly status: string;
  readonly statusMessage: string;
};

/** The task in an answer of either form. */
export function taskIn(answer: RawAnswer): SeenTask {
  const { result, error } = parseAnswerBody(answer);
  if (result === undefined) throw new Error(`no task: ${JSON.stringify(error)}`);
  return ((result['task'] as JsonObject | undefined) ?? result) as SeenTask;
}

/** What the call behind a task came to, once it is over. */
export async function outcomeOf(
  world: World,
  host: TaskHost,
  taskId: string,
): Promise<{ readonly status: unknown; readonly answer: RpcAnswer; readonly result: JsonObject }> {
  for (;;) {
    const task = taskIn(await askTask(world, host, 'tasks/get', taskId));
    if (task.status === 'working') {
      await new Promise((resolve) => setTimeout(resolve, 5));
      continue;
    }
    if (host === '2026-07-28') {
      return { status: task.status, answer: { result: task }, result: (task['result'] ?? {}) as JsonObject };
    }
    const answer = parseAnswerBody(await askTask(world, host, 'tasks/result', taskId));
    return { status: task.status, answer, result: answer.result ?? {} };
  }
}
