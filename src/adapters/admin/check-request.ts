import type { IncomingMessage } from 'node:http';
import { type AllowedHosts, checkHost } from '../../core/http/host-check.ts';
import { isFramedAlike } from '../../core/http/message-version.ts';
import { hasQueryToken } from '../../core/http/query-token.ts';
import { PROBLEMS, type Problem } from './problems.ts';

/** Two of one of these would let two readers see two requests in one. Node keeps the first and drops the others silently. */
const ONCE: ReadonlySet<string> = new Set([
  'host',
  'origin',
  'authorization',
  'cookie',
  'x-csrf-token',
  'content-type',
  'content-length',
]);

/** What is wrong with a request before anybody asks whose it is, or `null`. */
export function checkRequest(request: IncomingMessage, allowed: AllowedHosts): Problem | null {
  if (!isFramedAlike(request)) return PROBLEMS.httpVersion;
  if (hasRepeatedHeader(request.rawHeaders)) return PROBLEMS.repeatedHeader;
  const { host = null, origin = null } = request.headers;
  if (checkHost(allowed, host, origin) !== null) return PROBLEMS.foreignHost;
  // A target with a host of its own would be another one than `Host` names, and what is behind a `#` nobody sends.
  if (!/^\/[^#]*$/.test(request.url ?? '')) return PROBLEMS.notFound;
  // No path here needs an escape, and a proxy that guards `/api/tokens` may not know `/api/%74okens` for the same.
  if (request.url?.split('?', 1)[0]?.includes('%') === true) return PROBLEMS.notFound;
  if (hasQueryToken(request.url ?? '')) return PROBLEMS.tokenInQuery;
  return null;
}

/** What is wrong with the announced body, or `null`. The media type is compared as a whole: a substring can stand in any parameter. */
export function checkBody({ method, headers }: IncomingMessage): Problem | null {
  const hasBody = headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
  if (!hasBody) return null;
  if (method !== 'POST') return PROBLEMS.bodyNotExpected;
  if (headers['content-encoding'] !== undefined) return PROBLEMS.mediaType;
  return /^application\/json(?:; ?charset=utf-8)?$/i.test(headers['content-type'] ?? '') ? null : PROBLEMS.mediaType;
}

function hasRepeatedHeader(rawHeaders: readonly string[]): boolean {
  const seen = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase();
    if (seen.has(name)) return true;
    if (ONCE.has(name)) seen.add(name);
  }
  return false;
}
