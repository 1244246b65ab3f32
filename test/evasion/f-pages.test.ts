import { afterAll, beforeAll, expect, it } from 'vitest';
import { openLegacyHost } from '../support/conversing-host.ts';
import { runGateway, type TestGateway } from '../support/run-gateway.ts';
import { answerHonestly, type EventServer, type EventStreamOut, startEventServer } from '../support/scripted-events.ts';

// Class F: that a person is through with a page is told to the session that was asked, by the id that it was given, and to no other.

const POLICY = `
version: 1
upstream: old
classes: { read: ['*'] }
rules:
  - { id: read, who: { groups: [staff] }, tools: { class: read }, effect: allow }
`;
const PAGE = { mode: 'url', message: 'Sign in', url: 'https://login.example.com/x', elicitationId: 'theirs-1' };
const ASKED = { elicitation: { form: {}, url: {} } };

let server: EventServer;
let gateway: TestGateway;
const tokens: Record<string, string> = {};
/** The stream of whoever called last. */
let caller: EventStreamOut;

beforeAll(async () => {
  server = await startEventServer();
  let callId = 0;
  server.onMessage = (message, stream) => {
    if (message.method === 'tools/call') {
      callId = message.id ?? 0;
      caller = stream;
      return stream.send(
        'message',
        JSON.stringify({ jsonrpc: '2.0', id: 'q', method: 'elicitation/create', params: PAGE }),
      );
    }
    if (message.method !== undefined) return answerHonestly(message, stream);
    stream.send('message', JSON.stringify({ jsonrpc: '2.0', id: callId, result: { content: [] } }));
  };
  const allow = { elicitation: ['form', 'url'], elicitationUrlHosts: ['login.example.com'] };
  gateway = await runGateway({
    config: `upstreams:\n  old: ${JSON.stringify({ url: server.url, transport: 'sse', allow })}\n`,
    policies: { 'old.yaml': POLICY },
  });
  for (const user of ['alice', 'bob']) tokens[user] = (await gateway.issue({ user, groups: ['staff'] })).token;
});
afterAll(async () => {
  await gateway.close();
  await server.close();
});

const done = (elicitationId: string): void =>
  caller.send(
    'message',
    JSON.stringify({ jsonrpc: '2.0', method: 'notifications/elicitation/complete', params: { elicitationId } }),
  );

/** A host that is asked for the page, says yes, and listens. */
async function openHost(user: string) {
  const host = await openLegacyHost({ port: gateway.mcpPort, token: tokens[user] ?? '', capabilities: ASKED });
  const gone = new AbortController();
  const { 'content-type': _type, ...headers } = host.headers;
  const response = await fetch(`http://127.0.0.1:${gateway.mcpPort}/mcp`, { headers, signal: gone.signal });
  let seen = '';
  void (async () => {
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) seen += chunk;
  })().catch(() => undefined);
  const { asked } = await host.call('old__echo', {}, () => ({ action: 'accept' }));
  return { shownId: asked[0]?.params['elicitationId'] as string, seen: () => seen, close: () => gone.abort() };
}

it('is told once, where the page was asked for', async () => {
  const bob = await openHost('bob');
  const other = await openHost('alice');
  const alice = await openHost('alice');
  expect(alice.shownId).not.toBe('theirs-1');
  done('theirs-2');
  done('theirs-1');
  done('theirs-1');
  await expect.poll(alice.seen).toContain('notifications/elicitation/complete');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(alice.seen().match(/elicitation\/complete/g)).toHaveLength(1);
  expect(alice.seen()).toContain(`"elicitationId":"${alice.shownId}"`);
  for (const { seen, close } of [bob, other, alice]) {
    expect(seen()).not.toContain('theirs-');
    close();
  }
  expect(bob.seen() + other.seen()).not.toContain('elicitation/complete');
});
