import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CanaryUpstream {
  readonly url: string;
  /** Sessions that were used with the words of more than one person. */
  readonly crossedSessions: () => readonly string[];
  readonly calls: () => number;
  close(): Promise<void>;
}

interface Message {
  readonly id?: number;
  readonly method: string;
  readonly params: {
    readonly arguments?: { readonly canary: string; readonly how: 'json' | 'events' };
    readonly _meta?: { readonly progressToken?: string | number };
  };
}

/**
 * An MCP server of one era whose only tool says the word that it is given: as JSON, or as an event stream with progress before, and in
 * either case after a moment, so that answers overtake each other.
 */
export async function startCanaryUpstream(era: 'legacy' | 'modern'): Promise<CanaryUpstream> {
  const canaryOf = new Map<string, string>();
  const crossed = new Set<string>();
  let sessions = 0;
  let calls = 0;

  function noteSession(req: IncomingMessage, canary: string): void {
    const session = String(req.headers['mcp-session-id'] ?? '');
    if (session === '') return;
    if ((canaryOf.get(session) ?? canary) !== canary) crossed.add(session);
    canaryOf.set(session, canary);
  }

  function answer(req: IncomingMessage, res: ServerResponse, message: Message): void {
    const { id, method, params } = message;
    if (id === undefined) return void res.writeHead(202).end();
    switch (method) {
      case 'initialize':
        if (era === 'modern') return sendError(res, id, -32601, 404);
        res.setHeader('Mcp-Session-Id', `session-${++sessions}`);
        return sendResult(res, id, {
          protocolVersion: '2025-11-25',
          capabilities: { tools: {} },
          serverInfo: SERVER,
        });
      case 'server/discover':
        if (era === 'legacy') return sendError(res, id, -32601, 404);
        return sendResult(res, id, {
          resultType: 'complete',
          supportedVersions: ['2026-07-28'],
          capabilities: { tools: {} },
          ttlMs: 0,
          cacheScope: 'private',
        });
      case 'tools/list':
        return sendResult(res, id, { tools: [TOOL] });
      case 'tools/call': {
        const { canary, how } = params.arguments ?? { canary: '', how: 'json' };
        calls++;
        noteSession(req, canary);
        const result = {
          ...(era === 'modern' && { resultType: 'complete' }),
          content: [{ type: 'text', text: canary }],
        };
        const wait = Math.random() * 4;
        if (how === 'json') return void setTimeout(() => sendResult(res, id, result), wait);
        res.writeHead(200, { 'Content-Type': 'text/event-stream' });
        const progressToken = params._meta?.progressToken;
        if (progressToken !== undefined) {
          const report = { progressToken, progress: 1, message: `working for ${canary}` };
          res.write(eventOf({ jsonrpc: '2.0', method: 'notifications/progress', params: report }));
        }
        return void setTimeout(() => res.end(eventOf({ jsonrpc: '2.0', id, result })), wait);
      }
      default:
        return sendError(res, id, -32601, 200);
    }
  }

  const server = createServer((req, res) => {
    if (req.method !== 'POST') return void res.writeHead(405).end();
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => answer(req, res, JSON.parse(Buffer.concat(chunks).toString('utf8')) as Message));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    crossedSessions: () => [...crossed],
    calls: () => calls,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const SERVER = { name: 'canary', version: '1' };
const TOOL = { name: 'say', description: 'Says it', inputSchema: { type: 'object' } };

const eventOf = (message: unknown): string => `event: message\ndata: ${JSON.stringify(message)}\n\n`;

function sendResult(res: ServerResponse, id: number, result: unknown): void {
  res.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, result }));
}

function sendError(res: ServerResponse, id: number, code: number, status: number): void {
  const body = JSON.stringify({ jsonrpc: '2.0', id, error: { code, message: 'no' } });
  res.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
}
