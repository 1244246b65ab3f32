import { type ScriptedUpstream, type SeenRequest, startScriptedUpstream } from './scripted-upstream.ts';

export const UPSTREAM_TASK_ID = 'theirs-é-1';

export interface TaskingUpstream extends ScriptedUpstream {
  /** The task is over when it is asked about next. */
  finish(): void;
}

const FORM = {
  message: 'Which colour?',
  requestedSchema: { type: 'object', properties: { colour: { type: 'string' } }, required: ['colour'] },
};

/**
 * A server that makes a task of every call: in the form of its era. `build` works until it is told to finish; `quick` is over at the first
 * look, `refuse` fails, `drop` is cancelled by itself, `ask` waits for a form.
 */
export async function startTaskingUpstream(era: 'legacy' | 'modern', sessions = true): Promise<TaskingUpstream> {
  const tools = ['build', 'quick', 'refuse', 'drop', 'ask'].map((name) => ({
    name,
    description: name,
    inputSchema: { type: 'object' },
    ...(era === 'legacy' && { execution: { taskSupport: 'required' } }),
  }));
  const upstream = await startScriptedUpstream({ era, tools, sessions });
  let tool = '';
  let isFinished = false;
  let given: unknown = null;
  const statusNow = (): string => {
    if (tool === 'refuse') return 'failed';
    if (tool === 'drop') return 'cancelled';
    if (tool === 'ask') return given === null ? 'input_required' : 'completed';
    return tool === 'quick' || isFinished ? 'completed' : 'working';
  };
  const task = (status: string): object => {
    const common = { taskId: UPSTREAM_TASK_ID, status, createdAt: NOW, lastUpdatedAt: NOW };
    return era === 'modern'
      ? { ...common, ttlMs: 60_000, pollIntervalMs: 1 }
      : { ...common, ttl: 60_000, pollInterval: 1 };
  };
  const result = (): object => ({ content: [{ type: 'text', text: `built ${JSON.stringify(given)}` }] });

  upstream.on('tools/call', ({ message }, reply) => {
    const params = message?.params ?? {};
    const isWanted = era === 'modern' ? JSON.stringify(params['_meta']).includes('/tasks"') : 'task' in params;
    if (!isWanted) return reply.error(-32600, 'only as a task');
    tool = String(params['name']);
    isFinished = false;
    given = null;
    reply.result(era === 'modern' ? { resultType: 'task', ...task('working') } : { task: task('working') });
  });
  upstream.on('tasks/get', (request, reply) => {
    if (!isKnown(request)) return reply.error(-32602, 'no such task');
    const status = statusNow();
    if (era === 'legacy') return reply.result(task(status));
    const end = {
      ...(status === 'completed' && { result: result() }),
      ...(status === 'failed' && { error: { code: -32000, message: 'their words' } }),
      ...(status === 'input_required' && { inputRequests: { colour: { method: 'elicitation/create', params: FORM } } }),
    };
    reply.result({ resultType: 'complete', ...task(status), ...end });
  });
  upstream.on('tasks/update', ({ message }, reply) => {
    given = message?.params?.['inputResponses'];
    reply.result({ resultType: 'complete' });
  });
  upstream.on('tasks/cancel', (_request, reply) => reply.result(task('cancelled')));
  upstream.on('POST', ({ message }, reply) => {
    given = message?.result;
    reply.status(202);
    answerLate?.();
  });
  let answerLate: (() => void) | null = null;
  upstream.on('tasks/result', ({ message }, reply) => {
    const about = { 'io.modelcontextprotocol/related-task': { taskId: UPSTREAM_TASK_ID } };
    if (tool === 'refuse') return reply.error(-32000, 'their words');
    if (tool !== 'ask') return reply.result({ ...result(), _meta: about });
    const stream = reply.stream();
    stream.write(eventOf({ jsonrpc: '2.0', id: 'q', method: 'elicitation/create', params: { ...FORM, _meta: about } }));
    answerLate = () => {
      stream.write(eventOf({ jsonrpc: '2.0', id: message?.id, result: result() }));
      stream.end();
    };
  });
  return { ...upstream, finish: () => void (isFinished = true) };

  function isKnown({ message, headers }: SeenRequest): boolean {
    const isMirrored = era === 'legacy' || headers.get('mcp-name') === ENCODED_ID;
    return isMirrored && message?.params?.['taskId'] === UPSTREAM_TASK_ID;
  }
}

const ENCODED_ID = `=?base64?${Buffer.from(UPSTREAM_TASK_ID).toString('base64')}?=`;
const NOW = '2026-11-28T00:00:00Z';
const eventOf = (message: unknown): string => `data: ${JSON.stringify(message)}\n\n`;
