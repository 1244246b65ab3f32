import { Buffer } from 'node:buffer';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { createEventStreamParser, type StreamEvent } from '../core/mcp/event-stream.ts';
import { err, ok, type Result } from '../core/result.ts';
import { faultOfAnswer, unreachable } from './admin-client.ts';
import type { CliContext } from './cli-context.ts';
import type { AdminTarget, CliFault } from './load-admin-target.ts';

/** One event of `/api/events`. `entry` is the audit entry that it tells of; `null` where it tells of something else. */
export interface AdminEvent {
  readonly kind: string;
  readonly entry: Readonly<Record<string, unknown>> | null;
}

export interface FollowedEvents {
  /** Called in order, the next only when it has come back. `false`: it could not be handled now, and is told again. */
  readonly onEvent: (event: AdminEvent) => Promise<boolean>;
  /** The stream was lost and is tried again. Called once for each loss. */
  readonly onLost: () => void;
}

/** Longer than any entry, whose size the log limits. */
const EVENT_BYTES_MAX = 1024 * 1024;
const AGAIN_AFTER_MS = [500, 1000, 2000, 5000, 10_000];

/**
 * Follows the log until the command is interrupted, over lost connections: each new one names the last event that was handled, so nothing is
 * missed. What a new connection would not mend is a fault: no such gateway at the first attempt, or a credential that may not watch.
 */
export async function followEvents(
  context: Pick<CliContext, 'openStream' | 'signal'>,
  target: AdminTarget,
  { onEvent, onLost }: FollowedEvents,
): Promise<Result<null, CliFault>> {
  const url = new URL('/api/events', target.url);
  const state = { lastEventId: null as string | null, failures: 0 };
  let wasOpen = false;
  for (;;) {
    try {
      const { lastEventId } = state;
      const headers = { accept: 'text/event-stream', ...(lastEventId !== null && { 'last-event-id': lastEventId }) };
      const stream = await context.openStream({ url, token: target.token, headers, signal: context.signal });
      if (stream.status === 200) {
        wasOpen = true;
        await readStream(stream.chunks, state, onEvent);
      } else if (stream.status < 500 || !wasOpen) {
        return err(faultOfAnswer(stream.status, await stream.text()));
      }
    } catch (error) {
      if (!wasOpen && !context.signal.aborted) return err(unreachable(target, error));
    }
    if (context.signal.aborted) return ok(null);
    if (state.failures === 0) onLost();
    await pause(state.failures++, context.signal);
  }
}

async function readStream(
  chunks: AsyncIterable<Uint8Array>,
  state: { lastEventId: string | null; failures: number },
  onEvent: FollowedEvents['onEvent'],
): Promise<void> {
  const parser = createEventStreamParser(EVENT_BYTES_MAX);
  for await (const chunk of chunks) {
    for (const event of parser.push(chunk).events) if (!(await onEvent(parseEvent(event)))) return;
    state.lastEventId = parser.lastEventId() ?? state.lastEventId;
    if (state.lastEventId !== null) state.failures = 0;
  }
}

const entrySchema = z.looseObject({ seq: z.number() });

function parseEvent({ type, data }: StreamEvent): AdminEvent {
  const entry = entrySchema.safeParse(parseJson(data));
  return { kind: type, entry: entry.success ? entry.data : null };
}

function parseJson(data: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(data).toString());
  } catch {
    return null;
  }
}

/** An interruption ends it early. */
async function pause(failures: number, signal: AbortSignal): Promise<void> {
  const ms = AGAIN_AFTER_MS[Math.min(failures, AGAIN_AFTER_MS.length - 1)];
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
