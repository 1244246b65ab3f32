import { META_CLIENT_CAPABILITIES } from '../mcp/classify-request.ts';
import { isJsonObject, type JsonObject } from '../json/value.ts';
import { err, ok, type Result } from '../result.ts';
import { invalidParams, MCP_ERRORS, type RpcError, rpcError } from '../mcp/errors.ts';
import type { Revision } from '../mcp/revisions.ts';
import type { TaskId } from './task.ts';

/** The extension of revision 2026-07-28, and what a host declares on a request that may be answered with a task. */
export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks';

/** Links a result to its task, in the legacy form. */
export const META_RELATED_TASK = 'io.modelcontextprotocol/related-task';

/** The one revision that has tasks in its core. */
export const CORE_TASKS_REVISION: Revision = '2025-11-25';

/** What `initialize` of 2025-11-25 is told. */
export const CORE_TASKS_CAPABILITY: JsonObject = { list: {}, cancel: {}, requests: { tools: { call: {} } } };

/** Whether an upstream lets a tool be called as a task only (2025-11-25, "Tool-Level Negotiation"). */
export function needsTask({ execution }: JsonObject): boolean {
  return isJsonObject(execution) && execution.taskSupport === 'required';
}

/** Whether this very request declares the extension. What an earlier one declared counts for nothing (2026-07-28, "Tasks"). */
export function declaresTasks(params: JsonObject | null): boolean {
  const meta = params?.['_meta'];
  const capabilities = isJsonObject(meta) ? meta[META_CLIENT_CAPABILITIES] : undefined;
  const extensions = isJsonObject(capabilities) ? capabilities['extensions'] : undefined;
  return isJsonObject(extensions) && isJsonObject(extensions[TASKS_EXTENSION]);
}

/** The answer to a host that asks about tasks and does not declare them. */
export function tasksNotDeclared(): RpcError {
  const data = { requiredCapabilities: { extensions: { [TASKS_EXTENSION]: {} } } };
  return rpcError(
    MCP_ERRORS.missingClientCapability,
    'Missing required client capability. Declare what data.requiredCapabilities names.',
    400,
    data,
  );
}

const TASK_ID_LENGTH_MAX = 128;

export function parseTaskId(params: JsonObject | null): Result<TaskId, RpcError> {
  const id = params?.['taskId'];
  if (typeof id === 'string' && id !== '' && id.length <= TASK_ID_LENGTH_MAX) return ok(id as TaskId);
  return err(invalidParams(`taskId must be a string of 1 to ${TASK_ID_LENGTH_MAX} characters`));
}
