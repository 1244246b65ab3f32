import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Administrator } from '../../../core/identity/principal.ts';
import type { LiveEvent, LiveEvents } from '../../../gateway/live-events.ts';
import { type CredentialDeps, type Sender, checkCredential } from '../check-credential.ts';
import { PROBLEMS, problemOfFault, sendProblem } from '../problems.ts';
import { auditView } from '../views.ts';

export interface EventsDeps extends CredentialDeps {
  readonly events: LiveEvents;
}

/** Also how often a stream looks whether its credential is still good, and whether it still has a role. */
const KEEP_ALIVE_MS = 10_000;
const STREAMS_MAX = 200;
const STREAMS_PER_CREDENTIAL_MAX = 8;
/** A reader that is this far behind is let go; it comes back with the number of the last event that it has. */
const UNREAD_BYTES_MAX = 512 * 1024;

/**
 * `GET /api/events`: server-sent events. The id of an event is the sequence number of its audit entry, so `Last-Event-ID` goes on where a
 * lost connection ended. Source: WHATWG HTML, "Server-sent events".
 */
export function addEvents(app: FastifyInstance, deps: EventsDeps): void {
  const open = new Map<ServerResponse, string>();
  app.addHook('preClose', async () => {
    for (const stream of open.keys()) stream.end();
  });
  app.get('/api/events', async (request, reply) => {
    const by = await checkCredential(deps, asBackground(request));
    if (!by.ok) return sendProblem(reply, by.error);
    const after = parseLastEventId(request);
    if (after === undefined) return sendProblem(reply, PROBLEMS.lastEventId);
    const mine = [...open.values()].filter((id) => id === by.value.credentialId).length;
    if (mine >= STREAMS_PER_CREDENTIAL_MAX || open.size >= STREAMS_MAX)
      return sendProblem(reply, PROBLEMS.tooManyStreams);
    return stream(deps, open, by.value, { request, reply, after });
  });
}

function stream(
  deps: EventsDeps,
  open: Map<ServerResponse, string>,
  by: Administrator,
  { request, reply, after }: { request: FastifyRequest; reply: FastifyReply; after: number | null },
): FastifyReply {
  const { raw } = reply;
  const watching = deps.events.watch(by, after, (event) => {
    if (raw.writableLength > UNREAD_BYTES_MAX) raw.destroy();
    else raw.write(encodeEvent(event));
  });
  if (!watching.ok) return sendProblem(reply, problemOfFault(watching.error));
  void reply.hijack();
  raw.writeHead(200, { ...(reply.getHeaders() as Record<string, string>), 'content-type': 'text/event-stream' });
  raw.write('retry: 2000\n\n');
  open.set(raw, by.credentialId);
  const beat = setInterval(() => void checkAgain(), KEEP_ALIVE_MS);
  raw.once('close', () => {
    clearInterval(beat);
    watching.value();
    open.delete(raw);
  });

  /** Rights that ended must not go on because a connection does. Where the store cannot tell, the next beat asks again. */
  async function checkAgain(): Promise<void> {
    const still = await checkCredential(deps, asBackground(request));
    const isStill = still.ok
      ? deps.events.mayNotWatch(still.value) === null
      : still.error === PROBLEMS.noCredentialStore;
    if (isStill) raw.write(': still here\n\n');
    else raw.end();
  }
  return reply;
}

/** A page opens its stream by itself, and again whenever the connection was lost: that shows of nobody that they still sit before it. */
function asBackground({ headers, ip }: FastifyRequest): Sender {
  return { headers: { ...headers, 'x-background': '1' }, method: 'GET', ip };
}

/** `null`: none given. `undefined`: not one of ours. */
function parseLastEventId({ headers }: FastifyRequest): number | null | undefined {
  const id = headers['last-event-id'];
  if (id === undefined) return null;
  return typeof id === 'string' && /^[0-9]{1,15}$/.test(id) ? Number(id) : undefined;
}

function encodeEvent(event: LiveEvent): string {
  switch (event.kind) {
    case 'recorded': {
      const view = auditView(event.record);
      return `id: ${view.seq}\nevent: ${view.kind}\ndata: ${JSON.stringify(view)}\n\n`;
    }
    case 'start':
    case 'gap':
      return `id: ${event.sequence}\nevent: ${event.kind}\ndata: {}\n\n`;
    case 'kill-switches':
    case 'upstreams':
      return `event: ${event.kind}\ndata: {}\n\n`;
  }
}
