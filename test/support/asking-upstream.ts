import type { Reply, SeenRequest, ScriptedUpstream } from './scripted-upstream.ts';
import { startScriptedUpstream } from './scripted-upstream.ts';

const TOOLS = ['ask', 'log', 'plain', 'sign-in', 'needs-sampling'].map((name) => ({
  name,
  description: name,
  inputSchema: { type: 'object' },
}));

interface Question {
  readonly method: string;
  readonly params: unknown;
}

/** The same over HTTP as `asking-server.mjs` over stdio. */
export async function startAskingUpstream(era: 'legacy' | 'modern'): Promise<ScriptedUpstream> {
  const upstream = await startScriptedUpstream({ era, tools: TOOLS, sessions: true });
  const waiting = new Map<number | string, (message: SeenRequest['message']) => void>();
  const turnedAway = new Map<string, number>();
  let lastId = 0;
  upstream.on('POST', ({ message }, reply) => {
    if (message?.id !== undefined) waiting.get(message.id)?.(message);
    reply.status(202);
  });
  upstream.on('tools/call', (request, reply) => {
    const { arguments: args, _meta: meta } = (request.message?.params ?? {}) as Record<string, Record<string, unknown>>;
    const toolName = request.message?.params?.['name'];
    if (toolName === 'plain') return reply.result(told(era, { declared: declaredBy(upstream, request) }));
    if (toolName === 'log') return sendLogs(era, request, reply, meta ?? {});
    if (toolName === 'sign-in') return askForPage(turnedAway, request, reply, args ?? {});
    if (toolName === 'needs-sampling') {
      return reply.error(-32021, 'sampling, please', { status: 400, data: { requiredCapabilities: { sampling: {} } } });
    }
    const questions = (args?.['questions'] ?? {}) as Record<string, Question>;
    if (era === 'modern') return askByAnswer(request, reply, questions);
    const stream = reply.stream();
    const answers: Record<string, unknown> = {};
    const pending = Object.entries(questions).map(([key, { method, params }]) => {
      const id = `q${++lastId}`;
      stream.write(eventOf({ jsonrpc: '2.0', id, method, params }));
      return new Promise<void>((resolve) => {
        waiting.set(id, (message) => {
          answers[key] = message?.error === undefined ? message?.result : { error: message.error };
          resolve();
        });
      });
    });
    void Promise.all(pending).then(() => {
      stream.write(eventOf({ jsonrpc: '2.0', id: request.message?.id, result: told(era, { answers }) }));
      stream.end();
    });
  });
  return upstream;
}

/** Turns each session away `times` times, with a page that is to be opened first. */
function askForPage(
  turnedAway: Map<string, number>,
  { headers }: SeenRequest,
  reply: Reply,
  { times, url, era }: Record<string, unknown>,
): void {
  const key = JSON.stringify([headers.get('mcp-session-id'), times, url, era]);
  const before = turnedAway.get(key) ?? 0;
  if (before >= Number(times)) {
    turnedAway.delete(key);
    return reply.result(told('legacy', 'ran'));
  }
  turnedAway.set(key, before + 1);
  const page = { mode: 'url', elicitationId: 'theirs', message: 'Sign in', url };
  reply.error(-32042, 'not yet', { data: { elicitations: [page] } });
}

function askByAnswer({ message }: SeenRequest, reply: Reply, questions: Record<string, Question>): void {
  const { inputResponses, requestState } = message?.params ?? {};
  if (inputResponses !== undefined)
    return reply.result(told('modern', { answers: inputResponses, state: requestState }));
  reply.result({ resultType: 'input_required', inputRequests: questions, requestState: 'opaque "state" \u00e9' });
}

function sendLogs(era: string, { message }: SeenRequest, reply: Reply, meta: Record<string, unknown>): void {
  const logs = ['debug', 'warning', 'error'].map((level) =>
    eventOf({
      jsonrpc: '2.0',
      method: 'notifications/message',
      params: { level, logger: 'srv', data: `a ${level}` },
    }),
  );
  const level = meta['io.modelcontextprotocol/logLevel'] ?? null;
  reply.events(...logs, eventOf({ jsonrpc: '2.0', id: message?.id, result: told(era, { level }) }));
}

/** What the gateway declared for this call. */
function declaredBy(upstream: ScriptedUpstream, { headers, message }: SeenRequest): unknown {
  const meta = message?.params?.['_meta'] as Record<string, unknown> | undefined;
  if (meta?.['io.modelcontextprotocol/clientCapabilities'] !== undefined)
    return meta['io.modelcontextprotocol/clientCapabilities'];
  // `session-3-…` is the third that was opened.
  const session = Number(headers.get('mcp-session-id')?.split('-')[1]);
  return upstream.seen('initialize')[session - 1]?.message?.params?.['capabilities'];
}

function told(era: string, value: unknown): object {
  return {
    ...(era === 'modern' && { resultType: 'complete' }),
    content: [{ type: 'text', text: JSON.stringify(value) }],
  };
}

function eventOf(message: unknown): string {
  return `data: ${JSON.stringify(message)}\n\n`;
}
