import { setTimeout as sleep } from 'node:timers/promises';
import type { Result } from '../../../core/result.ts';
import type { UpstreamFault } from '../../../ports/upstream.ts';
import { sent } from '../fault.ts';
import { type ExchangeDeps, exchange, type HttpAnswer, type HttpRequest, type ResumePoint } from './exchange.ts';

/** How often one answer is taken up again. */
const RESUMES_MAX = 32;
const RESUME_AFTER_MS = 500;
const RESUME_AFTER_MS_MAX = 10_000;

/**
 * Sends one request and reads its answer to the end, also where the stream ends before the answer and names an event to go on from: a
 * server of 2025-11-25 may have itself asked again rather than keep a connection open.
 */
export async function exchangeWhole(
  deps: ExchangeDeps,
  request: HttpRequest,
): Promise<Result<HttpAnswer, UpstreamFault>> {
  const endsAtMs = performance.now() + request.timeoutMs;
  let answered = await exchange(deps, request);
  for (let resumed = 0; resumed < RESUMES_MAX && answered.ok && answered.value.resume !== null; resumed++) {
    const timeoutMs = Math.max(1, endsAtMs - performance.now());
    answered = await fetchRest(deps, { ...request, timeoutMs }, answered.value.resume);
  }
  return answered;
}

/** By GET, whatever the request was. The upstream has the request, so nothing that fails from here on says that it did not run. */
async function fetchRest(
  deps: ExchangeDeps,
  request: HttpRequest,
  { lastEventId, afterMs }: ResumePoint,
): Promise<Result<HttpAnswer, UpstreamFault>> {
  const waitMs = Math.min(afterMs ?? RESUME_AFTER_MS, RESUME_AFTER_MS_MAX);
  await sleep(waitMs, undefined, { signal: request.signal }).catch(() => undefined);
  const headers = [...request.headers, 'last-event-id', lastEventId];
  const answered = await exchange(deps, { ...request, method: 'GET', headers, body: null });
  if (!answered.ok) return sent(answered.error.kind, answered.error.detail);
  const { head, response, resume } = answered.value;
  if (response !== null || resume !== null) return answered;
  return sent('invalid-answer', `the stream of the answer cannot be taken up again: HTTP ${head.status}`);
}
