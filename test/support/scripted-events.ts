import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface EventServerRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A server of HTTP with SSE whose every step a test can change. */
export interface EventServer {
  readonly url: string;
  /** Everything that was posted, in order, wherever it was posted to. */
  readonly posted: readonly EventServerRequest[];
  readonly opened: readonly EventServerRequest[];
  /** How many event streams are open. */
  streams(): number;
  /** Answers the request for a stream; the default names the endpoint. */
  onStream: (stream: EventStreamOut, res: ServerResponse) => void;
  /** Answers a message. The default answers the handshake, and echoes the arguments of a call. */
  onMessage: (message: SeenRpc, stream: EventStreamOut) => void;
  /** The status of the answer to a POST to the stream itself. */
  streamPostStatus: number;
  /** The status of the answer to a POST. */
  postStatus: number;
  /** Cuts all event streams. */
  cutStreams(): void;
  close(): Promise<void>;
}

export interface EventStreamOut {
  readonly number: number;
  send(event: string, data: string): void;
  raw(text: string): void;
  end(): void;
}

export interface SeenRpc {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly name?: string; readonly arguments?: unknown; readonly requestId?: number };
}

export const TOOL = { name: 'echo', description: 'Echoes', inputSchema: { type: 'object' } };

export async function startEventServer(): Promise<EventServer> {
  const open = new Map<number, { out: EventStreamOut; res: ServerResponse }>();
  const posted: EventServerRequest[] = [];
  const opened: EventServerRequest[] = [];
  let streams = 0;

  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const seen = { path: req.url ?? '', headers: req.headers, body: Buffer.concat(chunks).toString() };
      if (req.method === 'GET') return openStream(seen, res);
      if (seen.path === '/sse') return res.writeHead(script.streamPostStatus).end();
      posted.push(seen);
      res.writeHead(script.postStatus).end();
      const session = Number(new URL(seen.path, 'http://x').searchParams.get('session'));
      const stream = open.get(session)?.out;
      if (stream !== undefined && script.postStatus < 300) script.onMessage(JSON.parse(seen.body) as SeenRpc, stream);
    });
  });

  function openStream(seen: EventServerRequest, res: ServerResponse): void {
    opened.push(seen);
    streams += 1;
    const number = streams;
    const out: EventStreamOut = {
      number,
      send: (event, data) => out.raw(`event: ${event}\ndata: ${data}\n\n`),
      raw: (text) => void res.write(text),
      end: () => void res.end(),
    };
    open.set(number, { out, res });
    res.on('close', () => open.delete(number));
    script.onStream(out, res);
  }

  const script: EventServer = {
    url: '',
    posted,
    opened,
    streams: () => open.size,
    onStream(stream, res) {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      stream.send('endpoint', `/messages?session=${stream.number}`);
    },
    onMessage: answerHonestly,
    streamPostStatus: 405,
    postStatus: 202,
    cutStreams: () => {
      for (const { res } of open.values()) res.destroy();
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(script, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/sse` });
}

export function answerHonestly({ id, method, params }: SeenRpc, stream: EventStreamOut): void {
  if (id === undefined) return;
  const result = resultOf(method ?? '', params);
  const answer =
    result === null ? { jsonrpc: '2.0', id, error: { code: -32601, message: 'no' } } : { jsonrpc: '2.0', id, result };
  stream.send('message', JSON.stringify(answer));
}

function resultOf(method: string, params: SeenRpc['params']): object | null {
  switch (method) {
    case 'initialize':
      return {
        protocolVersion: '2024-11-05',
        capabilities: { tools: {} },
        serverInfo: { name: 'old', version: '1' },
      };
    case 'tools/list':
      return { tools: [TOOL] };
    case 'tools/call':
      return { content: [{ type: 'text', text: JSON.stringify(params?.arguments) }] };
    default:
      return null;
  }
}
