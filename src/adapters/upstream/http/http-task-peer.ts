import { encodeHeaderValue } from '../../../core/mcp/encode-header-value.ts';
import type { Era } from '../../../core/mcp/revisions.ts';
import type { UpstreamCall } from '../../../ports/upstream.ts';
import { declaredFor, declaredOnCall } from '../call-side.ts';
import type { TaskPeer } from '../tasks/follow-task.ts';
import { type HttpRequestDeps, responseOf } from './requester.ts';

/** Asks about a task on behalf of the principal whose call it was, with what that call declared: in its session, where there is one. */
export async function createHttpTaskPeer(deps: HttpRequestDeps, call: UpstreamCall, era: Era): Promise<TaskPeer> {
  const declared = era === 'modern' ? declaredOnCall(call) : declaredFor(call);
  const keepsNothing = era === 'modern' || (await isSessionless(deps, call, declared));
  return {
    era,
    keepsNothing,
    async request({ method, taskId, paramsJson, timeoutMs, signal, side }) {
      const answered = await deps.requesters[era]({
        id: deps.nextId(),
        principal: call.caller.principal,
        method,
        paramsJson: deps.params[era].call({
          paramsJson,
          traceparent: null,
          progressToken: null,
          declared,
          logLevel: null,
          round: null,
          taskTtlMs: null,
        }),
        headers: era === 'modern' ? ['mcp-name', encodeHeaderValue(taskId)] : [],
        timeoutMs,
        signal,
        onProgress: null,
        declared,
        ...(side !== null && { side }),
      });
      return answered.ok ? responseOf(answered.value) : answered;
    },
  };
}

/** A legacy upstream that gave out no session keeps nothing by one. */
async function isSessionless(
  { sessions }: HttpRequestDeps,
  { caller, signal }: UpstreamCall,
  declared: string,
): Promise<boolean> {
  const session = await sessions.get(caller.principal, signal, declared);
  return session.ok && session.value.id === null;
}
