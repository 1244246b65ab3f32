import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { UPSTREAM_LIMITS } from '../../../src/adapters/upstream/limits.ts';
import { createSseUpstream } from '../../../src/adapters/upstream/sse/create-sse-upstream.ts';
import { ASK_NOTHING } from '../../../src/core/conversation/ask-rules.ts';
import type { Upstream, UpstreamAsker } from '../../../src/ports/upstream.ts';
import { createFixedClock } from '../../support/fixed-clock.ts';
import { startEventServer } from '../../support/scripted-events.ts';
import { createTaskingPeer } from '../../support/tasking-peer.ts';
import {
  callOf,
  connectAnywhere,
  faultOf,
  resultText,
  startStdioRig,
  TEST_CLIENT,
} from '../../support/upstream-rig.ts';

type Era = 'legacy' | 'modern';

const SERVER = join(import.meta.dirname, '../../peers/tasking-server.ts');

const startStdio = async (era: Era, shared = false): Promise<Upstream> =>
  startStdioRig({
    command: [process.execPath, SERVER, era],
    setting: era === 'modern' ? '2026-07-28' : 'legacy',
    shared,
  }).upstream;

async function startSse(): Promise<Upstream> {
  const server = await startEventServer();
  const peers = new Map<number, ReturnType<typeof createTaskingPeer>>();
  server.onMessage = (message, stream) => {
    const peer =
      peers.get(stream.number) ??
      createTaskingPeer('legacy', (answer) => stream.send('message', JSON.stringify(answer)));
    peers.set(stream.number, peer);
    peer(message);
  };
  const limits = { ...UPSTREAM_LIMITS, closeTimeoutMs: 200 };
  const options = {
    name: 'old',
    url: server.url,
    headers: {},
    client: TEST_CLIENT,
    limits,
    connect: connectAnywhere(),
  };
  const upstream = createSseUpstream(options, { clock: createFixedClock(), report: () => undefined });
  onTestFinished(async () => {
    await upstream.close();
    await server.close();
  });
  return upstream;
}

const COLOUR = { action: 'accept', content: { colour: 'blue' } };

function askerOf(owner: string): UpstreamAsker & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    owner,
    capabilities: { ...ASK_NOTHING, elicitationForm: true },
    ask(asks) {
      asked.push(...[...asks.values()].map(({ method }) => method));
      return Promise.resolve({ kind: 'answered', answers: new Map([...asks.keys()].map((key) => [key, COLOUR])) });
    },
  };
}

const target = (tool: string) => ({
  method: 'tools/call' as const,
  name: tool,
  paramsJson: `{"arguments":{},"name":"${tool}"}`,
  asTask: tool !== 'seen',
});

describe.each<{ readonly how: string; readonly era: Era; readonly start: () => Promise<Upstream> }>([
  { how: 'a process of 2025-11-25', era: 'legacy', start: () => startStdio('legacy') },
  { how: 'a process of 2026-07-28', era: 'modern', start: () => startStdio('modern') },
  { how: 'a process of 2025-11-25 that people share', era: 'legacy', start: () => startStdio('legacy', true) },
  { how: 'an event stream', era: 'legacy', start: startSse },
])('tasks of $how', { timeout: 60_000 }, ({ era, start }) => {
  it('are followed to their end, and the call comes to what they do', async () => {
    const upstream = await start();
    let wasTold = 0;
    const onTask = () => {
      wasTold += 1;
      return Promise.resolve(false);
    };
    expect(resultText(await upstream.call(callOf({ target: target('quick'), onTask })))).toContain('built null');
    expect(wasTold).toBe(1);
    expect(await upstream.call(callOf({ target: target('refuse') }))).toMatchObject({
      ok: true,
      value: { kind: 'rpc-error', code: -32000 },
    });
    expect(faultOf(await upstream.call(callOf({ target: target('drop') })))).toMatchObject({
      kind: 'invalid-answer',
      dispatched: true,
    });
  });

  it('ask the person whose call it is', async () => {
    const upstream = await start();
    const asker = askerOf('alice');
    expect(resultText(await upstream.call(callOf({ target: target('ask'), asker })))).toContain('blue');
    expect(asker.asked).toEqual(['elicitation/create']);
    if (era === 'modern')
      expect(faultOf(await upstream.call(callOf({ target: target('ask') }))).kind).toBe('not-asked');
  });

  it('are cancelled when the call is given up, and others can be followed', async () => {
    const upstream = await start();
    const gone = new AbortController();
    const building = upstream.call(callOf({ target: target('build'), signal: gone.signal }));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    gone.abort();
    expect(faultOf(await building)).toMatchObject({ kind: 'aborted', dispatched: true });
    await expect
      .poll(async () => resultText(await upstream.call(callOf({ target: target('seen') }))))
      .toContain('tasks/cancel');
    expect(resultText(await upstream.call(callOf({ target: target('quick') })))).toContain('built null');
  });
});
