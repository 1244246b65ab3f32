import { describe, expect, it } from 'vitest';
import { event, type Reply, type SeenRequest } from '../../support/scripted-upstream.ts';
import { callOf, faultOf, type HttpRig, resultText, startHttpRig } from '../../support/upstream-rig.ts';

const PRIMING = 'id: e1\nretry: 1\ndata:\n\n';

const answerTo = (id: unknown): object => ({
  jsonrpc: '2.0',
  id,
  result: { content: [{ type: 'text', text: 'late' }] },
});

/** A server of 2025-11-25 that ends the stream of every call after `first`, and goes on with it when it is asked by GET. */
async function startPolling(first: string, rest: (reply: Reply, turn: number, id: unknown) => void): Promise<HttpRig> {
  const rig = await startHttpRig({ era: 'legacy', sessions: true });
  let id: unknown;
  let turn = 0;
  rig.server.on('tools/call', (request, reply) => {
    id = request.message?.id;
    reply.events(first);
  });
  rig.server.on('GET', (_request, reply) => rest(reply, turn++, id));
  return rig;
}

const getsOf = ({ server }: HttpRig): readonly SeenRequest[] => server.seen('GET');

describe('an answer whose stream ends before it', () => {
  it('is fetched further, from where the stream ended, in the session of the call', async () => {
    const rig = await startPolling(PRIMING, (reply, _turn, id) => reply.events(event(answerTo(id))));
    expect(resultText(await rig.upstream.call(callOf()))).toContain('late');
    const [get] = getsOf(rig);
    const [call] = rig.server.seen('tools/call');
    expect(get?.headers.get('last-event-id')).toBe('e1');
    expect(get?.headers.get('mcp-session-id')).toBe(call?.headers.get('mcp-session-id'));
    expect([getsOf(rig).length, rig.server.seen('tools/call').length]).toEqual([1, 1]);
  });

  it('is fetched on as often as it ends again, each time from the newest event', async () => {
    const rig = await startPolling(PRIMING, (reply, turn, id) => {
      if (turn < 3) reply.events(`id: e${turn + 2}\ndata:\n\n`);
      else reply.events(event(answerTo(id)));
    });
    expect(resultText(await rig.upstream.call(callOf()))).toContain('late');
    expect(getsOf(rig).map(({ headers }) => headers.get('last-event-id'))).toEqual(['e1', 'e2', 'e3', 'e4']);
  });

  it('is fetched further where the connection broke', async () => {
    const rig = await startPolling(PRIMING, (reply, _turn, id) => reply.events(event(answerTo(id))));
    rig.server.on('tools/call', (_request, reply) => {
      reply.stream().write(PRIMING);
      setTimeout(() => reply.cut(), 20);
    });
    // The id of the call is not known to the script then, so the answer is nobody's; what counts is that it was asked for.
    await rig.upstream.call(callOf());
    expect(getsOf(rig).length).toBeGreaterThan(0);
  });

  it.each([
    ['refuses that', (reply: Reply) => reply.status(405), 'invalid-answer'],
    ['forgot it', (reply: Reply) => reply.status(404), 'invalid-answer'],
    ['cuts the connection', (reply: Reply) => reply.cut(), 'unreachable'],
    ['answers with nothing', (reply: Reply) => reply.events(''), 'invalid-answer'],
  ])('may have run where the upstream %s', async (_what, rest, kind) => {
    const rig = await startPolling(PRIMING, rest);
    expect(faultOf(await rig.upstream.call(callOf()))).toMatchObject({ kind, dispatched: true });
  });

  it('is not waited for without end', async () => {
    const rig = await startPolling(PRIMING, (reply, turn) => reply.events(`id: x${turn}\nretry: 0\ndata:\n\n`));
    expect(faultOf(await rig.upstream.call(callOf()))).toMatchObject({ dispatched: true });
    expect(getsOf(rig).length).toBeLessThanOrEqual(32);
  });

  it('may have run where it is given up between two fetches', async () => {
    const rig = await startPolling('id: e1\nretry: 5000\ndata:\n\n', (reply) => reply.status(500));
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 50);
    const call = await rig.upstream.call(callOf({ signal: abort.signal }));
    expect(faultOf(call)).toMatchObject({ kind: 'aborted', dispatched: true });
    expect(getsOf(rig)).toEqual([]);
  });

  it.each(['', 'id: ü\n', `id: ${'x'.repeat(2000)}\n`])('is not fetched from nowhere: %j', async (id) => {
    const rig = await startPolling(`${id}data:\n\n`, (reply) => reply.status(500));
    expect(faultOf(await rig.upstream.call(callOf()))).toMatchObject({ kind: 'invalid-answer', dispatched: true });
    expect(getsOf(rig)).toEqual([]);
  });
});
