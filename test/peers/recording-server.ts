import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { answerSideDoor } from '../support/side-doors.ts';

// An MCP server over stdio, of a legacy revision, that writes every line it gets to the file named by its first argument before it
// acts on it, so that a test can say what reached an upstream. Its tools are named by the second. `tools/call` answers with the
// arguments; `remember` with the arguments of the call before; a tool whose name begins with `slow` never answers. Beside its tools it
// offers what `side-doors.ts` lists.

interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: { readonly name?: string; readonly arguments?: unknown };
}

const [recordFile = '', toolNames = ''] = process.argv.slice(2);
let remembered: unknown = null;

const input = createInterface({ input: process.stdin });
input.on('line', (line) => {
  appendFileSync(recordFile, `${process.pid} ${line}\n`);
  const { id, method, params } = JSON.parse(line) as Message;
  if (id !== undefined && method !== undefined) answer(id, method, params ?? {});
});
input.on('close', () => process.exit(0));

function answer(id: number | string, method: string, params: NonNullable<Message['params']>): void {
  if (method === 'initialize') {
    const serverInfo = { name: 'recording', version: '1' };
    return result(id, { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo });
  }
  if (method === 'tools/list') {
    const tools = toolNames.split(' ').map((name) => ({ name, description: name, inputSchema: { type: 'object' } }));
    return result(id, { tools });
  }
  const beside = answerSideDoor(method, params);
  if (beside !== null)
    return send('error' in beside ? { id, error: { ...beside.error, message: 'no' } } : { id, ...beside });
  if (method !== 'tools/call') return send({ id, error: { code: -32601, message: 'Method not found' } });
  const { name = '', arguments: args } = params;
  if (name.startsWith('slow')) return;
  say(id, name === 'remember' ? remembered : args);
  remembered = args;
}

function say(id: number | string, value: unknown): void {
  result(id, { content: [{ type: 'text', text: JSON.stringify(value) }] });
}

function result(id: number | string, value: unknown): void {
  send({ id, result: value });
}

function send(message: object): void {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
}
