import type { Era, LoadJob } from './job.ts';

const REVISIONS: Readonly<Record<Era, string>> = { legacy: '2025-11-25', modern: '2026-07-28' };
const BENCH_TOOL = 'bench';

/** Writes whole HTTP requests. All that is the same for every call is put together once. */
export interface CallWriter {
  call(id: number): string;
  initialize(): string;
  initialized(): string;
  /** Every later request belongs to this session. */
  useSession(sessionId: string): void;
}

export function createCallWriter(job: Pick<LoadJob, 'url' | 'era' | 'token' | 'textChars' | 'gapMs'>): CallWriter {
  const common = commonHead(job);
  const version = `MCP-Protocol-Version: ${REVISIONS[job.era]}\r\n`;
  const mirrored = job.era === 'modern' ? `Mcp-Method: tools/call\r\nMcp-Name: ${BENCH_TOOL}\r\n` : '';
  const callTail = `"size":${job.textChars}${job.gapMs === null ? '' : `,"sse":true,"gap":${job.gapMs}`}},"_meta":{`;
  const meta = job.era === 'modern' ? `${modernMeta()}}}}` : '}}}';
  const request = (head: string, body: string) => `${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  let callHead = common + version + mirrored;
  let sessionHead = '';

  return {
    call(id) {
      const progress = job.gapMs === null ? '' : `"progressToken":${id}${meta.startsWith('"') ? ',' : ''}`;
      const start = `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"${BENCH_TOOL}","arguments":{`;
      return request(callHead, `${start}"nonce":"${nonceOf(id)}",${callTail}${progress}${meta}`);
    },
    initialize() {
      const params = { protocolVersion: REVISIONS[job.era], capabilities: {}, clientInfo: CLIENT };
      return request(common, JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params }));
    },
    initialized() {
      const body = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' });
      return request(common + version + sessionHead, body);
    },
    useSession(sessionId) {
      sessionHead = `Mcp-Session-Id: ${sessionId}\r\n`;
      callHead = common + version + mirrored + sessionHead;
    },
  };
}

/** What the upstream must send back, so that an answer to another call is found out. */
export function nonceOf(id: number): string {
  return `n${id}`;
}

const CLIENT = { name: 'bench', version: '1.0.0' } as const;

function commonHead({ url, token }: Pick<LoadJob, 'url' | 'token'>): string {
  const { pathname, host } = new URL(url);
  return [
    `POST ${pathname} HTTP/1.1`,
    `Host: ${host}`,
    'Content-Type: application/json',
    'Accept: application/json, text/event-stream',
    ...(token === null ? [] : [`Authorization: Bearer ${token}`]),
    '',
  ].join('\r\n');
}

function modernMeta(): string {
  return JSON.stringify({
    'io.modelcontextprotocol/protocolVersion': REVISIONS.modern,
    'io.modelcontextprotocol/clientInfo': CLIENT,
    'io.modelcontextprotocol/clientCapabilities': {},
  }).slice(1, -1);
}
