import type { Dispatcher } from 'undici';
import { createEventStreamParser } from '../../../core/mcp/event-stream.ts';
import { ok, type Result } from '../../../core/result.ts';
import type { UpstreamFault } from '../../../ports/upstream.ts';
import { notSent } from '../fault.ts';
import { parseAnswerHead } from '../http/answer-head.ts';
import type { HttpAnswer } from '../http/exchange.ts';
import { readDiscovery } from '../rpc/read-discovery.ts';
import { findEndpoint } from '../sse/find-endpoint.ts';

export type Transport = 'http' | 'sse';

export interface TransportProbe {
  readonly url: URL;
  /** Names and values in turn, beside those that every request has. */
  readonly headers: readonly string[];
  readonly streams: Pick<Dispatcher, 'request'>;
  /** Posts `server/discover`, which has no effect on any server. */
  readonly discover: () => Promise<Result<HttpAnswer, UpstreamFault>>;
  /** Until the first event of the stream. A server that says nothing on it is none of that transport. */
  readonly timeoutMs: number;
}

const FIRST_EVENT_BYTES_MAX = 16 * 1024;
/** What a server of 2024-11-05 says to a POST where its event stream is (2025-11-25, "Backwards Compatibility"). */
const SAYS_NO: ReadonlySet<number> = new Set([400, 404, 405]);

/**
 * Whether an upstream speaks Streamable HTTP or only HTTP with SSE, the transport of 2024-11-05. A refused POST alone says nothing, because
 * many servers refuse what they are not introduced to: only a stream that begins with the endpoint to post to is evidence.
 */
export async function probeTransport(probe: TransportProbe): Promise<Result<Transport, UpstreamFault>> {
  const answered = await probe.discover();
  if (!answered.ok) return answered;
  const { head, response } = answered.value;
  if (head.status >= 500) return notSent('unreachable', `HTTP ${head.status} to the probe`);
  const isModern = response !== null && readDiscovery(response) === 'modern';
  if (isModern || !SAYS_NO.has(head.status)) return ok('http');
  return ok((await namesEndpoint(probe)) ? 'sse' : 'http');
}

async function namesEndpoint({ url, headers, streams, timeoutMs }: TransportProbe): Promise<boolean> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await streams.request({
      method: 'GET',
      path: `${url.pathname}${url.search}`,
      headers: ['accept', 'text/event-stream', 'cache-control', 'no-store', ...headers],
      headersTimeout: timeoutMs,
      signal,
    });
    const body = answer.body.on('error', () => undefined);
    try {
      const head = parseAnswerHead(answer.statusCode, answer.headers);
      if (!head.ok || head.value.status !== 200 || head.value.body !== 'events') return false;
      const parser = createEventStreamParser(FIRST_EVENT_BYTES_MAX);
      for await (const chunk of body as AsyncIterable<Uint8Array>) {
        const { events, tooLarge } = parser.push(chunk);
        const [first] = events;
        if (first !== undefined) return first.type === 'endpoint' && findEndpoint(first.data, url).ok;
        if (tooLarge) return false;
      }
      return false;
    } finally {
      body.destroy();
    }
  } catch {
    return false;
  }
}
