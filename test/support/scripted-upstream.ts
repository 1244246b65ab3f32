import { type Server, type Socket, createServer } from 'node:net';

/** One HTTP request as it came in. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  /** Lower-case names. A name that came twice holds both values, joined by a line feed. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** The body where it is a JSON object. */
  readonly message: SeenMessage | null;
  /** Counts the connections from 1. */
  readonly connection: number;
}

export interface SeenMessage {
  readonly jsonrpc: string;
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: unknown;
  readonly error?: { readonly code: number };
}

/** Ways to answer, honest or not. Each writes to the socket at once. */
export interface Reply {
  /** `application/json` with any content. */
  json(content: unknown, options?: ReplyOptions): void;
  /** A JSON-RPC result to this request. */
  result(result: unknown, options?: ReplyOptions): void;
  error(code: number, message?: string, options?: ReplyOptions & { readonly data?: unknown }): void;
  /** Starts a `text/event-stream`; end it with `end`. Chunks go out as they are given. */
  stream(headers?: Readonly<Record<string, string>>): { write(text: string | Uint8Array): void; end(): void };
  /** A whole event stream of these texts, each of them one chunk. */
  events(...texts: readonly string[]): void;
  status(status: number, body?: string, headers?: Readonly<Record<string, string>>): void;
  /** Bytes as they are. */
  raw(bytes: string | Uint8Array): void;
  /** Cuts the connection. */
  cut(): void;
  readonly socket: Socket;
}

export interface ReplyOptions {
  readonly status?: number;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Script = (request: SeenRequest, reply: Reply) => void;

export interface ScriptedUpstream {
  readonly url: string;
  readonly port: number;
  /** Everything that was asked, in order. */
  readonly requests: readonly SeenRequest[];
  /** Every byte that came in, on all connections. */
  bytesSeen(): string;
  /** The requests for this JSON-RPC method (or HTTP method), in order. */
  seen(method: string): readonly SeenRequest[];
  /** Replaces the honest answer to a JSON-RPC method, or to an HTTP method other than POST; `undefined` brings it back. */
  on(method: string, script: Script | undefined): void;
  /** Connections that are open now. */
  openConnections(): number;
  /** Forgets every session, as a restarted server does. */
  forgetSessions(): void;
  close(): Promise<void>;
}

export interface ScriptedUpstreamOptions {
  /** Which eras it speaks; both unless said. */
  readonly era?: 'legacy' | 'modern' | 'both';
  /** Whether it gives session ids. */
  readonly sessions?: boolean;
  /** What `initialize` settles for. */
  readonly revision?: string;
  readonly tools?: readonly unknown[];
  /** What it says about itself. */
  readonly instructions?: string;
}

const ECHO_TOOL = { name: 'echo', description: 'Says it again', inputSchema: { type: 'object' } };

/**
 * An MCP server on a bare loopback socket that remembers every byte it was sent and answers what a test tells it to. Unless told
 * otherwise it is honest: it speaks the eras it was given, lists its tools, and `tools/call` answers with the arguments.
 */
export async function startScriptedUpstream(options: ScriptedUpstreamOptions = {}): Promise<ScriptedUpstream> {
  const requests: SeenRequest[] = [];
  const chunks: Buffer[] = [];
  const sockets = new Set<Socket>();
  const scripts = new Map<string, Script>();
  const sessions = new Set<string>();
  let connections = 0;

  const server = createServer((socket) => {
    sockets.add(socket);
    const connection = ++connections;
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    let pending: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      pending = Buffer.concat([pending, chunk]);
      for (let read = takeRequest(pending, connection); read !== null; read = takeRequest(pending, connection)) {
        pending = read.rest;
        requests.push(read.request);
        const method = read.request.message?.method ?? read.request.method;
        const reply = createReply(socket, read.request);
        (scripts.get(method) ?? ((request) => answerHonestly(request, reply, options, sessions)))(read.request, reply);
      }
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    port,
    requests,
    bytesSeen: () => Buffer.concat(chunks).toString('latin1'),
    seen: (method) => requests.filter((request) => (request.message?.method ?? request.method) === method),
    on(method, script) {
      if (script === undefined) scripts.delete(method);
      else scripts.set(method, script);
    },
    openConnections: () => sockets.size,
    forgetSessions: () => sessions.clear(),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

/** Reads as much HTTP as undici writes: bodies have a `Content-Length`. */
function takeRequest(bytes: Buffer, connection: number): { request: SeenRequest; rest: Buffer } | null {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd === -1) return null;
  const [requestLine = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const headers = new Map<string, string>();
  for (const line of lines) {
    const name = line.slice(0, line.indexOf(':')).toLowerCase();
    const value = line.slice(line.indexOf(':') + 1).trim();
    headers.set(name, headers.has(name) ? `${headers.get(name)}\n${value}` : value);
  }
  const bodyStart = headEnd + 4;
  const end = bodyStart + Number(headers.get('content-length') ?? 0);
  if (bytes.length < end) return null;
  const body = bytes.toString('utf8', bodyStart, end);
  const [method = '', path = ''] = requestLine.split(' ');
  const message = body.startsWith('{') ? (JSON.parse(body) as SeenMessage) : null;
  return { request: { method, path, headers, body, message, connection }, rest: bytes.subarray(end) };
}

function createReply(socket: Socket, request: SeenRequest): Reply {
  const id = request.message?.id ?? null;
  const head = (status: number, headers: Readonly<Record<string, string>>): string =>
    `HTTP/1.1 ${status} Status\r\n${Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')}\r\n`;
  const reply: Reply = {
    socket,
    json(content, { status = 200, type = 'application/json', headers = {} } = {}) {
      const body = typeof content === 'string' ? content : JSON.stringify(content);
      const length = String(Buffer.byteLength(body));
      socket.write(head(status, { 'Content-Type': type, ...headers, 'Content-Length': length }) + body);
    },
    result: (result, more) => reply.json({ jsonrpc: '2.0', id, result }, more),
    error: (code, message = 'no', more = {}) =>
      reply.json(
        { jsonrpc: '2.0', id, error: { code, message, ...('data' in more ? { data: more.data } : {}) } },
        more,
      ),
    stream(headers = {}) {
      socket.write(head(200, { 'Content-Type': 'text/event-stream', ...headers, 'Transfer-Encoding': 'chunked' }));
      return {
        write(text) {
          const bytes = Buffer.from(text);
          socket.write(Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]));
        },
        end: () => void socket.write('0\r\n\r\n'),
      };
    },
    events(...texts) {
      const stream = reply.stream();
      for (const text of texts) stream.write(text);
      stream.end();
    },
    status: (status, body = '', headers = {}) =>
      void socket.write(head(status, { ...headers, 'Content-Length': String(Buffer.byteLength(body)) }) + body),
    raw: (bytes) => void socket.write(bytes),
    cut: () => void socket.destroy(),
  };
  return reply;
}

/** The text of one event with this message. */
export function event(message: unknown, lineEnd = '\n'): string {
  return `data: ${typeof message === 'string' ? message : JSON.stringify(message)}${lineEnd}${lineEnd}`;
}

function answerHonestly(
  request: SeenRequest,
  reply: Reply,
  options: ScriptedUpstreamOptions,
  sessions: Set<string>,
): void {
  const { era = 'both', sessions: givesSessions = false } = options;
  if (request.method === 'DELETE') {
    sessions.delete(request.headers.get('mcp-session-id') ?? '');
    return reply.status(200);
  }
  const { message } = request;
  if (message === null) return reply.status(400);
  if (message.id === undefined || message.method === undefined) return reply.status(202);

  const meta = message.params?.['_meta'] as Record<string, unknown> | undefined;
  const isModern = meta?.['io.modelcontextprotocol/protocolVersion'] !== undefined;
  if (isModern ? era === 'legacy' : era === 'modern')
    return reply.status(400, 'not here', { 'Content-Type': 'text/plain' });
  if (!isModern && givesSessions && message.method !== 'initialize') {
    const id = request.headers.get('mcp-session-id') ?? '';
    if (!sessions.has(id))
      return reply.json({ jsonrpc: '2.0', id: null, error: { code: -32001, message: 'who?' } }, { status: 404 });
  }
  answerMethod(message, reply, options, isModern, () => {
    const id = `session-${sessions.size + 1}-${Math.trunc(Math.random() * 1e9)}`;
    sessions.add(id);
    return id;
  });
}

function answerMethod(
  message: SeenMessage,
  reply: Reply,
  options: ScriptedUpstreamOptions,
  isModern: boolean,
  openSession: () => string,
): void {
  const complete = isModern ? { resultType: 'complete' } : {};
  const about = options.instructions === undefined ? {} : { instructions: options.instructions };
  const caching = isModern ? { ttlMs: 0, cacheScope: 'private' } : {};
  switch (message.method ?? '') {
    case 'initialize':
      return reply.result(
        {
          protocolVersion: options.revision ?? '2025-11-25',
          capabilities: { tools: {} },
          serverInfo: { name: 'scripted', version: '1' },
          ...about,
        },
        options.sessions === true ? { headers: { 'Mcp-Session-Id': openSession() } } : {},
      );
    case 'server/discover':
      return reply.result({
        ...complete,
        ...caching,
        supportedVersions: ['2026-07-28'],
        capabilities: { tools: {} },
        ...about,
      });
    case 'tools/list':
      return reply.result({ ...complete, ...caching, tools: options.tools ?? [ECHO_TOOL] });
    case 'tools/call':
      return reply.result({
        ...complete,
        content: [{ type: 'text', text: JSON.stringify(message.params?.['arguments']) }],
      });
    default:
      return reply.error(-32601, 'Method not found', isModern ? { status: 404 } : {});
  }
}
