/** What an upstream that speaks line by line is told; as far as it looks at it. */
interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
}

const TASK_ID = 'theirs-1';
const NOW = '2026-11-28T00:00:00Z';
const FORM = {
  message: 'Which colour?',
  requestedSchema: { type: 'object', properties: { colour: { type: 'string' } }, required: ['colour'] },
};
const TOOLS = ['build', 'quick', 'refuse', 'drop', 'ask', 'seen'];

/**
 * A server in a conversation of two directions that makes tasks of calls, in the form of its era: `build` works for ever, `quick` is over at
 * the first look, `refuse` fails, `drop` is cancelled by itself, `ask` waits for a form. `seen` is answered at once, with what came before.
 */
export function createTaskingPeer(
  era: 'legacy' | 'modern',
  send: (message: object) => void,
): (message: Message) => void {
  const seen: string[] = [];
  let tool = '';
  let given: unknown = null;
  let fetching: Message['id'];

  const answer = (id: Message['id'], result: object): void => send({ jsonrpc: '2.0', id, result });
  const fail = (id: Message['id'], code: number): void => send({ jsonrpc: '2.0', id, error: { code, message: 'no' } });
  const statusNow = (): string => {
    if (tool === 'ask') return given === null ? 'input_required' : 'completed';
    return { refuse: 'failed', drop: 'cancelled', quick: 'completed' }[tool] ?? 'working';
  };
  const task = (status: string): object => {
    const common = { taskId: TASK_ID, status, createdAt: NOW, lastUpdatedAt: NOW };
    return era === 'modern'
      ? { ...common, ttlMs: 60_000, pollIntervalMs: 1 }
      : { ...common, ttl: 60_000, pollInterval: 1 };
  };
  const result = (): object => ({ content: [{ type: 'text', text: `built ${JSON.stringify(given)}` }] });

  const methods: Readonly<Record<string, (id: Message['id'], params: Readonly<Record<string, unknown>>) => void>> = {
    initialize: (id) =>
      answer(id, {
        protocolVersion: '2025-11-25',
        capabilities: { tools: {} },
        serverInfo: { name: 't', version: '1' },
      }),
    'server/discover': (id) =>
      era === 'modern' ? answer(id, { resultType: 'complete', supportedVersions: ['2026-07-28'] }) : fail(id, -32601),
    'tools/list': (id) => answer(id, { tools: TOOLS.map((name) => ({ name, inputSchema: { type: 'object' } })) }),
    'tools/call': (id, params) => {
      tool = String(params['name']);
      if (tool === 'seen') return answer(id, { content: [{ type: 'text', text: seen.join() }] });
      const isWanted = era === 'modern' ? JSON.stringify(params['_meta']).includes('/tasks"') : 'task' in params;
      if (!isWanted) return fail(id, -32600);
      given = null;
      return answer(id, era === 'modern' ? { resultType: 'task', ...task('working') } : { task: task('working') });
    },
    'tasks/get': (id, params) => {
      if (params['taskId'] !== TASK_ID || tool === '') return fail(id, -32602);
      const status = statusNow();
      if (era === 'legacy') return answer(id, task(status));
      return answer(id, {
        resultType: 'complete',
        ...task(status),
        ...(status === 'completed' && { result: result() }),
        ...(status === 'failed' && { error: { code: -32000, message: 'their words' } }),
        ...(status === 'input_required' && {
          inputRequests: { colour: { method: 'elicitation/create', params: FORM } },
        }),
      });
    },
    'tasks/update': (id, params) => {
      given = params['inputResponses'];
      answer(id, { resultType: 'complete' });
    },
    'tasks/cancel': (id) => answer(id, task('cancelled')),
    'tasks/result': (id) => {
      if (tool === 'refuse') return fail(id, -32000);
      if (tool !== 'ask') return answer(id, result());
      fetching = id;
      return send({ jsonrpc: '2.0', id: 'q', method: 'elicitation/create', params: FORM });
    },
  };

  return ({ id, method, params = {}, result: answered }) => {
    if (method !== undefined) seen.push(method);
    if (method !== undefined) return methods[method]?.(id, params);
    given = answered;
    answer(fetching, result());
  };
}
