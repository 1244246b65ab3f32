import { Buffer, isUtf8 } from 'node:buffer';
import { err, ok, type Result } from '../../../core/result.ts';

/** Longer than any address that a session id stands in. */
const ENDPOINT_BYTES_MAX = 4096;

/**
 * Where messages go, by the first event of the stream (MCP 2024-11-05, "HTTP with SSE"). Only ever to the very origin of the stream: what
 * is posted there are arguments and the gateway's credential, and the upstream must not be able to have them sent to somebody else.
 */
export function findEndpoint(data: Uint8Array, stream: URL): Result<URL, string> {
  if (data.length === 0 || data.length > ENDPOINT_BYTES_MAX || !isUtf8(data)) return err('the endpoint is no address');
  const text = Buffer.from(data).toString('utf8');
  if (!URL.canParse(text, stream.href)) return err('the endpoint is no address');
  const endpoint = new URL(text, stream.href);
  if (endpoint.origin !== stream.origin) return err('the endpoint is of another origin');
  if (endpoint.username !== '' || endpoint.password !== '') return err('the endpoint holds credentials');
  return ok(endpoint);
}
