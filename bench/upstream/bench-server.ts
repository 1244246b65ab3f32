/** What the upstream says to one message, whichever transport brought it. JSON without line breaks. */
export type Reply =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'message'; readonly json: string }
  /** Too long to be built for every call: three parts, of which the one in the middle is kept. */
  | { readonly kind: 'long-message'; readonly parts: readonly [string, Buffer, string] }
  | { readonly kind: 'stream'; readonly progress: string; readonly gapMs: number; readonly result: string };

/**
 * An MCP server of both eras that does as little as it can, so that what is measured is what stands before it. Its tool `bench`
 * answers with `<nonce>|` and filler up to `size` characters; with `sse` it reports progress first and answers `gap` ms later.
 */
export function replyTo(body: string): Reply {
  const { id, method, params } = JSON.parse(body) as Request;
  if (id === undefined) return { kind: 'nothing' };
  const start = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},`;
  const isModern = params?._meta?.['io.modelcontextprotocol/protocolVersion'] !== undefined;
  const result = (json: string): Reply => ({ kind: 'message', json: `${start}"result":${json}}` });
  switch (method) {
    case 'tools/call':
      return callBench(start, isModern, params ?? {});
    case 'tools/list':
      return result(isModern ? TOOLS_MODERN : TOOLS_LEGACY);
    case 'initialize':
      return result(JSON.stringify({ protocolVersion: params?.protocolVersion, ...SELF }));
    case 'server/discover':
      return result(DISCOVERED);
    case 'ping':
      return result('{}');
    default:
      return { kind: 'message', json: `${start}"error":{"code":-32601,"message":"Method not found"}}` };
  }
}

interface Request {
  readonly id?: string | number;
  readonly method: string;
  readonly params?: Params;
}

interface Params {
  readonly protocolVersion?: string;
  readonly arguments?: {
    readonly nonce?: string;
    readonly size?: number;
    readonly sse?: boolean;
    readonly gap?: number;
  };
  readonly _meta?: Readonly<Record<string, unknown>>;
}

/** Longer texts go out as bytes that are encoded once. */
const SHORT_TEXT_CHARS_MAX = 16_384;
const TOOLS = 20;
const SENTENCE = 'The quick brown fox signs for the parcel, and the lazy dog keeps the receipt in a safe place. ';

const SELF = { capabilities: { tools: {} }, serverInfo: { name: 'bench-upstream', version: '1.0.0' } } as const;
const CACHE = { ttlMs: 60_000, cacheScope: 'public' } as const;
const DISCOVERED = JSON.stringify({
  resultType: 'complete',
  supportedVersions: ['2026-07-28', '2025-11-25'],
  ...SELF,
  ...CACHE,
});
const TOOLS_LEGACY = JSON.stringify({ tools: toolDefinitions() });
const TOOLS_MODERN = JSON.stringify({ resultType: 'complete', tools: toolDefinitions(), ...CACHE });

const fillers = new Map<number, { readonly text: string; readonly bytes: Buffer }>();

function callBench(start: string, isModern: boolean, { arguments: args = {}, _meta: meta }: Params): Reply {
  const { nonce = '', size = 200, sse = false, gap = 0 } = args;
  const prefix = `${nonce}|`;
  const filler = fillerOf(Math.max(0, size - prefix.length));
  const before = `${start}"result":{${isModern ? '"resultType":"complete",' : ''}"content":[{"type":"text","text":"${prefix}`;
  const after = '"}],"isError":false}}';
  if (sse) {
    const token = JSON.stringify(meta?.['progressToken'] ?? 0);
    const params = `{"progressToken":${token},"progress":1,"total":2}`;
    const progress = `{"jsonrpc":"2.0","method":"notifications/progress","params":${params}}`;
    return { kind: 'stream', progress, gapMs: gap, result: before + filler.text + after };
  }
  if (size > SHORT_TEXT_CHARS_MAX) return { kind: 'long-message', parts: [before, filler.bytes, after] };
  return { kind: 'message', json: before + filler.text + after };
}

function fillerOf(chars: number): { readonly text: string; readonly bytes: Buffer } {
  const known = fillers.get(chars);
  if (known !== undefined) return known;
  const text = SENTENCE.repeat(Math.ceil(chars / SENTENCE.length)).slice(0, chars);
  const filler = { text, bytes: Buffer.from(text, 'latin1') };
  // The nonce makes a few lengths of each size; nobody asks for more sizes than the cases have.
  fillers.set(chars, filler);
  return filler;
}

function toolDefinitions(): readonly object[] {
  const inputSchema = {
    type: 'object',
    properties: {
      nonce: { type: 'string' },
      size: { type: 'integer', minimum: 0 },
      sse: { type: 'boolean' },
      gap: { type: 'integer', minimum: 0 },
    },
    required: ['nonce'],
  };
  const tool = (name: string, description: string) => ({ name, description, inputSchema });
  const others = Array.from({ length: TOOLS - 1 }, (_, n) =>
    tool(`other_${n}`, `Makes the list as long as real ones are: ${n}.`),
  );
  return [tool('bench', 'Answers with text of the size asked for.'), ...others];
}
