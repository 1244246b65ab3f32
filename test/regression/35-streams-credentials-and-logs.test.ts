import { afterEach, describe, expect, it } from 'vitest';
import { CRM_POLICY, startWorld, TOOLS } from '../support/evasion-world.ts';
import { startGatewayProcess } from '../support/gateway-process.ts';
import { hostRequest } from '../support/host-request.ts';
import { parseAnswerBody } from '../support/mcp-request.ts';
import { sendRaw } from '../support/raw-http.ts';
import { startRecordingUpstream } from '../support/recording-upstream.ts';
import { createGatewayDir } from '../support/run-gateway.ts';

// Row 35, envoy ai-gateway #1425, #2053, #1864 and #2508: line ends of event streams, a panic on a malformed bearer or body, and the
// injected credential in the log.

const clean: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of clean.splice(0).toReversed()) await end();
});

describe('an upstream whose event stream', () => {
  it('ends its lines in any way says the same', async () => {
    const world = await startWorld();
    clean.push(() => world.close());
    for (const end of ['\n', '\r\n', '\r', '\n\r\n']) {
      for (const pieces of [1, 7]) {
        world.crm.server?.on('tools/call', ({ message }, reply) => {
          const content = [{ type: 'text', text: 'a\n\ndata: {"jsonrpc":"2.0"}\r\n\r\nb' }];
          const json = JSON.stringify({ jsonrpc: '2.0', id: message?.id, result: { resultType: 'complete', content } });
          const text = `\ufeff: hello${end}event: message${end}data: ${json}${end}${end}`;
          reply.events(...(pieces === 1 ? [text] : (text.match(/[^]{1,7}/g) ?? [])));
        });
        const headers = [['Accept', 'application/json, text/event-stream']] as const;
        const answer = await world.send(world.request('2026-07-28', { params: { name: 'crm__read_x' }, headers }));
        const { result } = parseAnswerBody(answer);
        expect([end, result?.['content']]).toEqual([
          end,
          [{ type: 'text', text: 'a\n\ndata: {"jsonrpc":"2.0"}\r\n\r\nb' }],
        ]);
      }
    }
    world.crm.beHonest();
  });
});

describe('a gateway as a process', () => {
  it('outlives every malformed credential and body, and logs no secret while upstreams fail', async () => {
    const credential = 'canary-crm-credential-7f3a';
    const crm = await startRecordingUpstream('http, modern', TOOLS, `Bearer ${credential}`);
    clean.push(() => crm.close());
    const home = createGatewayDir({
      config: `upstreams:\n  crm: ${crm.config}\n`,
      policies: { 'crm.yaml': CRM_POLICY },
    });
    clean.push(() => Promise.resolve(home.remove()));
    const running = startGatewayProcess(home);
    clean.push(() => running.stop());
    const gateway = await running.ready();
    const { token } = await gateway.issue({ user: 'alice', groups: ['staff'] });
    const send = (more: object) =>
      sendRaw(gateway.mcpPort, hostRequest('2026-07-28', '', { params: { name: 'crm__read_x' }, token, ...more }));

    const headers = [
      '',
      'Bearer',
      'bearer ',
      'Bearer \u00ff',
      'Bearer a b',
      'x'.repeat(8300),
      'Bearer ..',
      'Bearer a.b.c',
    ];
    for (const header of headers) expect((await send({ headers: [['Authorization', header]] })).status).toBe(401);
    for (const body of ['', '{', 'null', '[]', '{"jsonrpc":"2.0"}', '\u0000', '{"id":1e999}', '"', '['.repeat(9999)]) {
      expect((await send({ body })).status).toBe(400);
    }
    const troubles = [
      (reply: { status: (code: number, body?: string) => void }) => reply.status(401, `bad token Bearer ${credential}`),
      (reply: { error: (code: number, message: string) => void }) =>
        reply.error(-32000, `401 for Bearer ${credential}`),
      (reply: { raw: (text: string) => void; cut: () => void }) => {
        reply.raw(`HTTP/1.1 200 ${credential}\r\nX: ${credential}\r\n`);
        reply.cut();
      },
      (reply: { json: (text: string) => void }) => reply.json(`{"${credential}`),
    ];
    for (const trouble of troubles) {
      crm.server?.on('tools/call', (_request, reply) => trouble(reply));
      const answer = await send({});
      expect(answer.status).toBe(200);
      expect(answer.text).not.toContain(credential);
    }
    crm.beHonest();
    expect(parseAnswerBody(await send({})).result).not.toHaveProperty('isError');
    const entries = JSON.stringify(await gateway.entriesAfter(0));
    await running.stop();
    for (const secret of [credential, token, gateway.operator]) {
      expect(running.stdout() + running.stderr() + entries).not.toContain(secret);
    }
  });
});
