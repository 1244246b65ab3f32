import { declareCapabilities } from '../../core/conversation/capabilities.ts';
import { nameAsk } from '../../core/conversation/name-ask.ts';
import type { JsonObject } from '../../core/json/value.ts';
import { parseLogLevel } from '../../core/mcp/log-level.ts';
import type { RpcId } from '../../core/mcp/message.ts';
import { TASKS_EXTENSION } from '../../core/tasks/task-support.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AnswerRoom } from '../../ports/answer-room.ts';
import type { UpstreamAsker, UpstreamCall } from '../../ports/upstream.ts';
import { type CallTimer, createCallTimer } from './call-timer.ts';
import { writeAnswer, writeRefusal, writeResult } from './rpc/write-message.ts';

/** What an upstream may do beside answering, while one call runs. */
export interface CallSide {
  /** Counts the time of the call; held while the host is asked. */
  readonly timer: CallTimer | null;
  readonly asker: UpstreamAsker | null;
  /** Takes the parameters of `notifications/message`; `null`: none were asked for. */
  readonly onLog: ((params: JsonObject | null) => void) | null;
  /** As of the call. */
  readonly room: (() => AnswerRoom | null) | null;
}

/** Log messages of one call. An upstream that sends more is not heard until the next second. */
const LOGS_PER_SECOND_MAX = 50;

export function createCallSide(
  { asker, log }: UpstreamCall,
  clock: Clock,
  timeoutMs: number,
  room: UpstreamCall['room'],
): CallSide {
  return {
    asker,
    timer: asker === null ? null : createCallTimer(timeoutMs, () => clock.monotonicMs()),
    onLog: log === null ? null : createLogGate(log, clock),
    room: room ?? null,
  };
}

/** Answers a question of a legacy upstream: with what the host says, or with why it says nothing. Never rejects. */
export async function answerAsk(
  asker: UpstreamAsker,
  timer: CallTimer | null,
  { id, method, params }: { readonly id: RpcId; readonly method: string; readonly params: JsonObject | null },
): Promise<string> {
  timer?.hold();
  const key = nameAsk({ method, params });
  const reply = await asker.ask(new Map([[key, { method, params }]]));
  timer?.resume();
  const answer = reply.kind === 'answered' ? reply.answers.get(key) : undefined;
  if (answer !== undefined) return writeResult(id, answer);
  const isUnknown = reply.kind === 'refused' && NOT_OFFERED.has(reply.detail);
  return isUnknown ? writeAnswer(id, '') : writeRefusal(id, reply.kind === 'refused' ? reply.detail : '');
}

/** `ClientCapabilities` of a call, as text: equal for calls that declare the same. */
export function declaredFor({ asker }: Pick<UpstreamCall, 'asker'>): string {
  return asker === null ? NOTHING_DECLARED : JSON.stringify(declareCapabilities(asker.capabilities));
}

/** What a call of a modern upstream declares besides: the gateway follows tasks itself, so that its host need not be able to. */
export function declaredOnCall(call: Pick<UpstreamCall, 'asker' | 'target'>): string {
  const declared = declaredFor(call);
  if (call.target.method !== 'tools/call') return declared;
  return declared === NOTHING_DECLARED ? `{${EXTENSIONS}}` : `${declared.slice(0, -1)},${EXTENSIONS}}`;
}

const EXTENSIONS = `"extensions":{"${TASKS_EXTENSION}":{}}`;

export const NOTHING_DECLARED = '{}';
const NOT_OFFERED: ReadonlySet<string> = new Set(['unknown-method', 'not-allowed', 'not-declared']);

function createLogGate(log: NonNullable<UpstreamCall['log']>, clock: Clock): (params: JsonObject | null) => void {
  let windowMs = Number.NEGATIVE_INFINITY;
  let inWindow = 0;
  return (params) => {
    const level = parseLogLevel(params?.['level']);
    if (level === null || params?.['data'] === undefined) return;
    const nowMs = clock.monotonicMs();
    if (nowMs - windowMs >= 1000) {
      windowMs = nowMs;
      inWindow = 0;
    }
    inWindow += 1;
    if (inWindow > LOGS_PER_SECOND_MAX) return;
    const { logger, data } = params;
    log.onMessage({ level, logger: typeof logger === 'string' ? logger : null, data });
  };
}
