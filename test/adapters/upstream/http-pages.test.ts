import { describe, expect, it } from 'vitest';
import { ASK_NOTHING } from '../../../src/core/conversation/ask-rules.ts';
import type { UpstreamNotice } from '../../../src/core/mcp/notices.ts';
import type { UpstreamAsker } from '../../../src/ports/upstream.ts';
import { event, type Reply, type SeenRequest } from '../../support/scripted-upstream.ts';
import { callOf, resultText, startHttpRig } from '../../support/upstream-rig.ts';

const PAGE = { mode: 'url', message: 'Sign in', url: 'https://login.example.com/x', elicitationId: 'page-1' };
const done = (elicitationId: string): string =>
  event({ jsonrpc: '2.0', method: 'notifications/elicitation/complete', params: { elicitationId } });

const asker: UpstreamAsker = {
  owner: 'alice',
  capabilities: { ...ASK_NOTHING, elicitationUrl: true },
  ask: (asks) =>
    Promise.resolve({ kind: 'answered', answers: new Map([...asks.keys()].map((key) => [key, { action: 'accept' }])) }),
};

/** An upstream that sends whoever calls to a page, and answers the call when they agreed to go there. */
async function startRig(params: object = PAGE) {
  const rig = await startHttpRig({ setting: 'legacy', era: 'legacy', sessions: true });
  const told: (readonly [UpstreamNotice, string | null])[] = [];
  const streams: {
    readonly request: SeenRequest;
    readonly stream: ReturnType<Reply['stream']>;
    readonly reply: Reply;
  }[] = [];
  rig.upstream.onNotice((notice, principal) => told.push([notice, principal]));
  rig.server.on('GET', (request, reply) => void streams.push({ request, reply, stream: reply.stream() }));
  rig.server.on('tools/call', (request, reply) => {
    const stream = reply.stream();
    stream.write(event({ jsonrpc: '2.0', id: 'q', method: 'elicitation/create', params }));
    rig.server.on('POST', (_answer, toAnswer) => {
      toAnswer.status(202);
      stream.write(event({ jsonrpc: '2.0', id: request.message?.id, result: { content: [] } }));
      stream.end();
    });
  });
  const call = async () => resultText(await rig.upstream.call(callOf({ asker })));
  return { ...rig, told, streams, call };
}

describe('the end of a page', () => {
  it('is heard on the stream of the session that the call was made in, after the call', async () => {
    const rig = await startRig();
    await rig.call();
    await expect.poll(() => rig.streams.length).toBe(1);
    const [opened] = rig.streams;
    expect(opened?.request.headers.get('mcp-session-id')).toBe(
      rig.server.seen('tools/call')[0]?.headers.get('mcp-session-id'),
    );
    opened?.stream.write(done('page-2') + done('page-1'));
    await expect.poll(() => rig.told.length).toBe(2);
    expect(rig.told.at(-1)).toEqual([{ kind: 'page-done', elicitationId: 'page-1' }, 'alice']);
    // Nothing is waited for any more.
    await expect.poll(() => opened?.reply.socket.destroyed).toBe(true);
  });

  it('is waited for on a new stream where the first is lost, and on one stream for several pages', async () => {
    const rig = await startRig();
    await rig.call();
    await expect.poll(() => rig.streams.length).toBe(1);
    await rig.call();
    rig.streams[0]?.stream.end();
    await expect.poll(() => rig.streams.length).toBe(2);
    rig.streams[1]?.stream.write(done('page-1'));
    await expect.poll(() => rig.told.length).toBe(1);
  });

  it('is not asked for where there is no page, or no such stream', async () => {
    const form = await startRig({ message: 'Your name?', requestedSchema: { type: 'object', properties: {} } });
    await form.call();
    const without = await startRig();
    without.server.on('GET', (_request, reply) => reply.status(405));
    await without.call();
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    expect([form.streams.length, without.server.seen('GET').length]).toEqual([0, 1]);
  });
});
