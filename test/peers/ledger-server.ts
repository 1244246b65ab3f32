import { existsSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

// An MCP server of a legacy revision, over HTTP, in a process of its own. Before it answers a `tools/call` it appends the call to the
// file named by its first argument, and syncs the disk: what stands there reached the upstream, whatever became of the gateway. The
// answer is the argument `mark`; after `delayMs`, or once there is a file `untilFile`, where these are given. Its tools are named by the
// second argument; it prints `listening PORT`.

interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: {
    readonly name: string;
    readonly arguments: { readonly mark?: string; readonly delayMs?: number; readonly untilFile?: string };
  };
}

const [ledgerFile = '', toolNames = ''] = process.argv.slice(2);
const ledger = openSync(ledgerFile, 'a', 0o600);
const tools = toolNames.split(' ').map((name) => ({ name, description: name, inputSchema: { type: 'object' } }));

const server = createServer((request, response) => {
  void readBody(request).then((body) => answer(body, response));
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`);
});

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  return body;
}

function answer(body: string, response: ServerResponse): void {
  const { id, method, params } = (body === '' ? {} : JSON.parse(body)) as Message;
  if (id === undefined) return void response.writeHead(202).end();
  const say = (result: object): void => {
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, result }));
  };
  switch (method ?? '') {
    case 'initialize': {
      const serverInfo = { name: 'ledger', version: '1' };
      return say({ protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo });
    }
    case 'tools/list':
      return say({ tools });
    case 'tools/call': {
      const { name = '', arguments: args = {} } = params ?? {};
      writeSync(ledger, `${JSON.stringify({ tool: name, args })}\n`);
      fsyncSync(ledger);
      const { mark = '', delayMs = 0, untilFile } = args;
      const answerCall = (): void => say({ content: [{ type: 'text', text: mark }] });
      if (untilFile !== undefined) whenThere(untilFile, answerCall);
      else if (delayMs > 0) setTimeout(answerCall, delayMs);
      else answerCall();
      return;
    }
    default:
      response.writeHead(404).end();
  }
}

function whenThere(file: string, then: () => void): void {
  if (existsSync(file)) then();
  else setTimeout(() => whenThere(file, then), 10);
}
