// An MCP server over stdio that asks its host, of the era that its first argument names. The tool `ask` asks what its argument
// `questions` says, key by key, and answers with what it was told; `log` sends log messages; `progress` reports some.
import { createInterface } from 'node:readline';

const era = process.argv[2];
const tools = ['ask', 'log', 'plain'].map((name) => ({ name, inputSchema: { type: 'object' } }));
const waiting = new Map();
let lastId = 0;

const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const told = (value) => ({
  ...(era === 'modern' && { resultType: 'complete' }),
  content: [{ type: 'text', text: JSON.stringify(value) }],
});

function ask(method, params) {
  const id = `q${++lastId}`;
  send({ id, method, params });
  return new Promise((resolve) => waiting.set(id, resolve));
}

async function call({ id, params }) {
  const { questions = {} } = params.arguments ?? {};
  if (params.name === 'log') {
    for (const level of ['debug', 'warning', 'error'])
      send({ method: 'notifications/message', params: { level, logger: 'srv', data: `a ${level}` } });
    return send({ id, result: told({ level: params._meta?.['io.modelcontextprotocol/logLevel'] ?? null }) });
  }
  if (params.name === 'plain') return send({ id, result: told({ declared }) });
  if (era === 'modern') {
    if (params.inputResponses !== undefined)
      return send({ id, result: told({ answers: params.inputResponses, state: params.requestState }) });
    return send({
      id,
      result: { resultType: 'input_required', inputRequests: questions, requestState: 'opaque "state" \u00e9' },
    });
  }
  const answers = {};
  for (const [key, { method, params: asked }] of Object.entries(questions)) answers[key] = await ask(method, asked);
  send({ id, result: told({ answers }) });
}

let declared = null;
createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line);
  const { id, method } = message;
  if (method === undefined) {
    waiting.get(id)?.(message.error === undefined ? message.result : { error: message.error });
    waiting.delete(id);
  } else if (method === 'server/discover' && era === 'modern') {
    send({
      id,
      result: {
        resultType: 'complete',
        supportedVersions: ['2026-07-28'],
        capabilities: { tools: {} },
        ttlMs: 0,
        cacheScope: 'private',
      },
    });
  } else if (method === 'initialize' && era === 'legacy') {
    declared = message.params.capabilities;
    send({
      id,
      result: {
        protocolVersion: '2025-11-25',
        capabilities: { tools: {}, logging: {} },
        serverInfo: { name: 'a', version: '1' },
      },
    });
  } else if (method === 'tools/list') {
    send({
      id,
      result: { ...(era === 'modern' && { resultType: 'complete', ttlMs: 0, cacheScope: 'private' }), tools },
    });
  } else if (method === 'tools/call') {
    if (era === 'modern') declared = message.params._meta['io.modelcontextprotocol/clientCapabilities'];
    void call(message);
  } else if (id !== undefined) {
    if (method === 'logging/setLevel') send({ id, result: {} });
    else send({ id, error: { code: -32601, message: 'Method not found' } });
  }
});
