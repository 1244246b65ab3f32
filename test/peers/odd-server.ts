import { spawn } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

// An MCP server over stdio, of either era, that misbehaves when its tool `do` is called with `how`. Every line that it gets is written to
// the file named by its first argument. What it is given of the environment stands in `<record>.env`.

interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: { readonly name?: string; readonly arguments?: { readonly how?: string } };
}

const [record = '', era = 'legacy'] = process.argv.slice(2);
const isModern = era === 'modern';
const complete = isModern ? { resultType: 'complete' } : {};
writeFileSync(`${record}.env`, JSON.stringify({ names: Object.keys(process.env), pid: process.pid }));
let ignoresEnd = false;

const input = createInterface({ input: process.stdin });
input.on('line', (line) => {
  appendFileSync(record, `${process.pid} ${line}\n`);
  const { id, method, params } = JSON.parse(line) as Message;
  if (id !== undefined && method !== undefined) answer(id, method, params ?? {});
});
input.on('close', () => {
  if (!ignoresEnd) process.exit(0);
});

function answer(id: number | string, method: string, params: NonNullable<Message['params']>): void {
  switch (method) {
    case 'initialize':
      return result(id, {
        protocolVersion: '2025-11-25',
        capabilities: { tools: {} },
        serverInfo: { name: 'odd', version: '1' },
      });
    case 'server/discover':
      return result(id, { supportedVersions: ['2026-07-28'], capabilities: { tools: {} } });
    case 'tools/list':
      return result(id, { tools: [{ name: 'do', description: 'Does it', inputSchema: { type: 'object' } }] });
    case 'tools/call':
      return misbehave(id, params.arguments?.how ?? '');
    default:
      return write(`${JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32601, message: 'no' } })}\n`);
  }
}

function misbehave(id: number | string, how: string): void {
  switch (how) {
    case 'garbage':
      write('not JSON\n\n{"jsonrpc":"2.0"}\n[1,2]\n\u0000\u0000\n');
      return say(id, 'after garbage');
    case 'crlf':
      return write(`${textOf(id, 'with CRLF')}\r\n`);
    case 'parts':
      write(textOf(id, 'in parts').slice(0, 30));
      return void setTimeout(() => write(`${textOf(id, 'in parts').slice(30)}\n`), 50);
    case 'nul':
      return write(`${textOf(id, 'x').replace('x', '\u0000')}\n`);
    case 'twice':
      return write(`${textOf(id, 'first')}\n${textOf(id, 'second')}\n`);
    case 'foreign-id':
      write(`${textOf('9999', 'foreign')}\n`);
      return say(id, 'own');
    case 'asks':
      for (const method of ['sampling/createMessage', 'elicitation/create', 'roots/list', 'tasks/get', 'vendor/exec']) {
        write(
          `${JSON.stringify({ jsonrpc: '2.0', id: `ask ${method}`, method, params: { messages: [], message: 'x' } })}\n`,
        );
      }
      return void setTimeout(() => say(id, 'asked'), 100);
    case 'long-line':
      return flood();
    case 'exit':
      return process.exit(3);
    case 'abort':
      return process.abort();
    case 'grandchild': {
      const script = 'process.on("SIGTERM",()=>0);setInterval(()=>0,1000)';
      const child = spawn(process.execPath, ['-e', script], { stdio: 'inherit' });
      writeFileSync(`${record}.grandchild`, String(child.pid));
      return void setTimeout(() => process.exit(0), 100);
    }
    case 'stubborn':
      ignoresEnd = true;
      process.on('SIGTERM', () => undefined);
      setInterval(() => undefined, 1000);
      return say(id, 'stubborn');
    case 'hang':
      return;
    default:
      return say(id, 'fine');
  }
}

function flood(): void {
  if (process.stdout.write('x'.repeat(1_000_000))) setImmediate(flood);
  else process.stdout.once('drain', flood);
}

function textOf(id: number | string, text: string): string {
  return JSON.stringify({ jsonrpc: '2.0', id, result: { ...complete, content: [{ type: 'text', text }] } });
}

function say(id: number | string, text: string): void {
  write(`${textOf(id, text)}\n`);
}

function result(id: number | string, value: object): void {
  write(
    `${JSON.stringify({ jsonrpc: '2.0', id, result: { ...complete, ttlMs: 0, cacheScope: 'private', ...value } })}\n`,
  );
}

function write(text: string): void {
  process.stdout.write(text);
}
