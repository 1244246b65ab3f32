import { err, ok, type Result } from '../../core/result.ts';
import { type HttpRefusal, REFUSALS } from './refusals.ts';

/** The headers that decide anything, each received at most once; `null` where absent. No other header is ever looked at. */
export interface InboundHeaders {
  readonly host: string | null;
  readonly origin: string | null;
  readonly authorization: string | null;
  readonly accept: string | null;
  readonly contentType: string | null;
  readonly contentEncoding: string | null;
  readonly contentLength: string | null;
  readonly transferEncoding: string | null;
  readonly expect: string | null;
  readonly sessionId: string | null;
  readonly protocolVersion: string | null;
  readonly method: string | null;
  readonly name: string | null;
  readonly lastEventId: string | null;
  readonly traceparent: string | null;
}

/**
 * Reads the headers as they came over the wire. Node's own `headers` keeps the first of two `Authorization` headers and joins two
 * `Mcp-Name` headers, both silently; and something in front of the gateway may take `Mcp_Name` for `Mcp-Name`. Either would let
 * two readers of one request see different things, so both are refused.
 */
export function parseInboundHeaders(
  rawHeaders: readonly string[],
  headersMax: number,
): Result<InboundHeaders, HttpRefusal> {
  if (rawHeaders.length > headersMax * 2) return err(REFUSALS.tooManyHeaders);
  const found: Found = { ...NOTHING_FOUND };
  let otherMirrors: Set<string> | null = null;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] as string).toLowerCase();
    const value = rawHeaders[at + 1] as string;
    const field = FIELDS.get(name);
    if (field === undefined) {
      if (name.includes('_') && isGuarded(name.replaceAll('_', '-'))) return err(REFUSALS.headerTwin);
      if (!name.startsWith(MIRROR_PREFIX)) continue;
      otherMirrors ??= new Set();
      if (otherMirrors.has(name)) return err(REFUSALS.repeatedHeader);
      otherMirrors.add(name);
    } else if (found[field] === null) {
      found[field] = value;
    } else if (field === 'accept') {
      found.accept += `,${value}`;
    } else {
      return err(field === 'contentType' ? REFUSALS.contentType : REFUSALS.repeatedHeader);
    }
  }
  return ok(found);
}

type Found = { -readonly [Field in keyof InboundHeaders]: InboundHeaders[Field] };

const MIRROR_PREFIX = 'mcp-';

const NOTHING_FOUND: InboundHeaders = {
  host: null,
  origin: null,
  authorization: null,
  accept: null,
  contentType: null,
  contentEncoding: null,
  contentLength: null,
  transferEncoding: null,
  expect: null,
  sessionId: null,
  protocolVersion: null,
  method: null,
  name: null,
  lastEventId: null,
  traceparent: null,
};

const FIELDS: ReadonlyMap<string, keyof InboundHeaders> = new Map([
  ['host', 'host'],
  ['origin', 'origin'],
  ['authorization', 'authorization'],
  ['accept', 'accept'],
  ['content-type', 'contentType'],
  ['content-encoding', 'contentEncoding'],
  ['content-length', 'contentLength'],
  ['transfer-encoding', 'transferEncoding'],
  ['expect', 'expect'],
  ['mcp-session-id', 'sessionId'],
  ['mcp-protocol-version', 'protocolVersion'],
  ['mcp-method', 'method'],
  ['mcp-name', 'name'],
  ['last-event-id', 'lastEventId'],
  ['traceparent', 'traceparent'],
]);

function isGuarded(name: string): boolean {
  return FIELDS.has(name) || name.startsWith(MIRROR_PREFIX);
}
