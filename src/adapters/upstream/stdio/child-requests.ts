import { type Definition, type ListKind, LISTS } from '../../../core/catalog/listed.ts';
import { isLogWanted } from '../../../core/mcp/log-level.ts';
import type { Era } from '../../../core/mcp/revisions.ts';
import { type Result, ok } from '../../../core/result.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { UpstreamCall, UpstreamFault } from '../../../ports/upstream.ts';
import type { Place } from '../bulkhead.ts';
import { callInRounds } from '../call-in-rounds.ts';
import { createCallSide, declaredFor, declaredOnCall } from '../call-side.ts';
import { NOT_MODERN_ANY_MORE, sent } from '../fault.ts';
import type { UpstreamLimits } from '../limits.ts';
import { listAll, offersNone } from '../list-all.ts';
import { createProgressGate } from '../progress-gate.ts';
import { type CallAnswer, readCallAnswer } from '../read-call-answer.ts';
import type { ResultObject, RpcResponse } from '../rpc/read-message.ts';
import type { ParamsWriter, Round } from '../rpc/write-params.ts';
import type { TaskPeer } from '../tasks/follow-task.ts';
import type { ReadyProcess } from './processes.ts';

export interface ChildRequestDeps {
  readonly params: Readonly<Record<Era, ParamsWriter>>;
  readonly clock: Clock;
  readonly limits: UpstreamLimits;
  readonly report: (problem: string) => void;
}

export async function callChild(
  deps: ChildRequestDeps,
  process: ReadyProcess,
  call: UpstreamCall,
  place: Place,
): Promise<CallAnswer> {
  if (process.era === 'modern') return callInRounds(call, (round) => sendCall(deps, process, { call, round, place }));
  if (call.from !== undefined) return sent('invalid-answer', NOT_MODERN_ANY_MORE);
  await setLogLevel(process, call);
  const answered = await sendCall(deps, process, { call, round: null, place });
  return answered.ok ? readCallAnswer(answered.value, process.era, call) : answered;
}

/** Asks about a task in the conversation that its call was made in, or in the one that came after it. */
export function createChildTaskPeer(
  { params }: ChildRequestDeps,
  era: Era,
  call: UpstreamCall,
  find: (signal: AbortSignal) => Promise<Result<ReadyProcess, UpstreamFault>>,
): TaskPeer {
  const declared = era === 'modern' ? declaredOnCall(call) : declaredFor(call);
  return {
    era,
    keepsNothing: false,
    async request({ method, paramsJson, timeoutMs, signal, side }) {
      const process = await find(signal);
      if (!process.ok) return process;
      return process.value.connection.request({
        method,
        paramsJson: () => params[era].call({ ...BARE, paramsJson, declared }),
        timeoutMs,
        signal,
        progressGate: null,
        ...(side !== null && { side: { ...side, owner: ownerOf(call) } }),
      });
    },
  };
}

const BARE = { traceparent: null, progressToken: null, logLevel: null, round: null, taskTtlMs: null } as const;

const ownerOf = ({ asker, caller }: UpstreamCall): string => asker?.owner ?? JSON.stringify([caller.principal]);

function sendCall(
  { clock, limits, params }: ChildRequestDeps,
  process: ReadyProcess,
  { call, round, place }: { readonly call: UpstreamCall; readonly round: Round | null; readonly place: Place },
): Promise<Result<RpcResponse, UpstreamFault>> {
  const { target, traceparent, onProgress, signal, log } = call;
  const { paramsJson } = target;
  const declared = process.era === 'modern' ? declaredOnCall(call) : declaredFor(call);
  const logLevel = log?.level ?? null;
  const side = createCallSide(call, clock, limits.callTimeoutMs, call.room);
  return process.connection.request({
    method: target.method,
    paramsJson: (id) =>
      params[process.era].call({
        paramsJson,
        traceparent,
        declared,
        logLevel,
        round,
        taskTtlMs: target.asTask === true ? limits.taskTimeoutMs : null,
        progressToken: onProgress === null ? null : id,
      }),
    timeoutMs: limits.callTimeoutMs,
    signal,
    progressGate:
      onProgress === null
        ? null
        : (id) => createProgressGate({ clock, token: id, onProgress }, limits.progressPerSecondMax),
    // A modern process asks by way of its answer, and not beside it.
    side: {
      ...side,
      ...(process.era === 'modern' && { asker: null, timer: null }),
      owner: ownerOf(call),
    },
    place,
  });
}

/** The level is one for the whole process, so it only ever goes down to what some call wants; each call hears no more than it asked for. */
async function setLogLevel({ connection, levels }: ReadyProcess, { log, signal }: UpstreamCall): Promise<void> {
  if (log === null || (levels.log !== null && isLogWanted(log.level, levels.log))) return;
  levels.log = log.level;
  await connection.request({
    method: 'logging/setLevel',
    paramsJson: () => `{"level":"${log.level}"}`,
    timeoutMs: SET_LEVEL_TIMEOUT_MS,
    signal,
    progressGate: null,
  });
}

const SET_LEVEL_TIMEOUT_MS = 5000;

export function listChild(
  deps: ChildRequestDeps,
  kind: ListKind,
  { connection, era }: ReadyProcess,
  signal: AbortSignal,
): Promise<Result<readonly Definition[], UpstreamFault>> {
  const { limits, report } = deps;
  const { method, member } = LISTS[kind];
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(limits.listTimeoutMs)]);
  const fetchPage = async (cursor: string | null): Promise<Result<ResultObject | null, UpstreamFault>> => {
    const answered = await connection.request({
      method,
      paramsJson: () => deps.params[era].list(cursor),
      timeoutMs: limits.listTimeoutMs,
      signal: inTime,
      progressGate: null,
    });
    if (!answered.ok) {
      const isLate = answered.error.kind === 'aborted' && !signal.aborted;
      return isLate ? sent('timeout', `no whole list of ${member} within ${limits.listTimeoutMs} ms`) : answered;
    }
    if (answered.value.kind === 'result') return ok(answered.value.result);
    if (offersNone(kind, answered.value)) return ok(null);
    return sent('invalid-answer', `JSON-RPC error ${answered.value.code} to ${method}`);
  };
  // Nothing is mirrored into headers here, so what an annotation says about them does not matter.
  return listAll({ kind, era, fetchPage, rejectItem: () => null, report }, limits);
}
