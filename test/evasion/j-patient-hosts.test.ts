import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, decide, type Deciders, issueDeciders, statusOf } from '../support/approvals-desk.ts';
import { startWorld, type World } from '../support/evasion-world.ts';
import { type SdkProgress, SDKS } from '../support/sdk-hosts.ts';

// Hosts that give up after 60 and after 240 seconds. They are held for 50 and for 200: these times are shortened, and what is left to answer them
// in is as long as it is in truth.

const SHORTENED = 15;
const HOSTS = [
  ['sixty', 60_000, 50_000],
  ['two-forty', 240_000, 200_000],
] as const;

let world: World;
let deciders: Deciders;
beforeAll(async () => {
  const holds = HOSTS.map(([name, , heldMs]) => `${name}: ${Math.round(heldMs / SHORTENED)}ms`).join(', ');
  world = await startWorld({ config: `approvals: { holds: { ${holds} } }\n` });
  deciders = await issueDeciders(world);
});
afterAll(() => world.close());

const dispatched = (): number => world.crm.calls().filter(({ tool }) => tool === 'update_x').length;

/** One call by a host of that name, which hangs up by that signal. */
async function call(name: string, subject: string, signal: AbortSignal) {
  const startedMs = performance.now();
  const response = await fetch(`http://127.0.0.1:${world.gateway.mcpPort}/mcp`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${world.tokens.alice}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'crm__update_x',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: {
        name: 'crm__update_x',
        arguments: { subject },
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientCapabilities': {},
          'io.modelcontextprotocol/clientInfo': { name, version: '1' },
        },
      },
    }),
    signal,
  });
  const text = await response.text();
  const body = /^data: ?(\{.*)$/m.exec(text)?.[1] ?? text;
  const { result } = JSON.parse(body) as { result?: { structuredContent?: Record<string, string> } };
  return { tookMs: performance.now() - startedMs, ...result?.structuredContent };
}

describe.each(HOSTS)('a host named %s, which gives up after %d ms', (name, limitMs, heldMs) => {
  const patience = (): AbortSignal => AbortSignal.timeout(Math.round(heldMs / SHORTENED) + limitMs - heldMs);

  it('is told what it waits for before it gives up, and gets the result when it asks again', async () => {
    const before = dispatched();
    const first = await call(name, `${name} waits`, patience());
    expect(first).toMatchObject({ status: 'approval_pending' });
    expect(first.tookMs).toBeGreaterThanOrEqual(heldMs / SHORTENED - 5);
    const id = String((first as { approvalId?: string }).approvalId);
    expect(await statusOf(world, id)).toBe('pending');
    expect((await decide(world, id, 'approve', deciders.olivia.token)).status).toBe(200);
    expect(await call(name, `${name} waits`, patience())).not.toHaveProperty('status');
    expect(dispatched()).toBe(before + 1);
  });

  it('runs nothing when it gave up before anybody decided', async () => {
    const before = dispatched();
    const host = new AbortController();
    const called = call(name, `${name} leaves`, host.signal);
    const pending = async (): Promise<string | undefined> => {
      const { json } = await world.gateway.admin('GET', '/api/approvals?status=pending');
      return (json['approvals'] as readonly { id: string }[])[0]?.id;
    };
    await expect.poll(pending).toBeDefined();
    const id = String(await pending());
    host.abort();
    await expect(called).rejects.toThrow(/abort/i);
    // The gateway has seen the connection go once it answers somebody who came later.
    await ask(world, { subject: 'somebody else' }, { as: 'bob', tool: 'crm__read_x' });
    expect((await decide(world, id, 'approve', deciders.olivia.token)).status).toBe(200);
    await new Promise((resolve) => {
      setTimeout(resolve, 500);
    });
    expect(dispatched()).toBe(before);
    expect(await statusOf(world, id)).toBe('approved');
  });
});

describe.each(SDKS)('a host of %s', (sdk, connect) => {
  const [, limitMs] = HOSTS[0];
  const [longName, , heldMs] = HOSTS[1];
  const timeout = limitMs / SHORTENED;
  const url = (): string => `http://127.0.0.1:${world.gateway.mcpPort}/mcp`;

  it('that waits anew with every word of progress outlasts a hold of three times its patience', async () => {
    const host = await connect(url(), world.tokens.alice, longName);
    const told: SdkProgress[] = [];
    const args = { subject: `${sdk} hears of it` };
    const patience = { timeout, resetTimeoutOnProgress: true };
    const startedMs = performance.now();
    const answer = await host.call('crm__update_x', args, (progress) => told.push(progress), patience);
    expect(performance.now() - startedMs).toBeGreaterThan(heldMs / SHORTENED - 50);
    expect(answer).toMatchObject({ isError: true, structuredContent: { status: 'approval_pending' } });
    const { approvalId: id } = answer.structuredContent as { readonly approvalId: string };
    expect(told.length).toBeGreaterThanOrEqual(5);
    expect(told.every(({ progress }, index) => index === 0 || progress > (told[index - 1]?.progress ?? 1))).toBe(true);
    expect(told.every(({ message }) => message?.startsWith(`waiting for approval ${id}`))).toBe(true);
    await host.close();
  });

  it('that does not, or gave no token, gives up, and its request stays for whoever asks again', async () => {
    const host = await connect(url(), world.tokens.alice, longName);
    const args = { subject: `${sdk} hears nothing` };
    await expect(host.call('crm__update_x', args, undefined, { timeout })).rejects.toThrow(/tim(?:ed|e)[ -]?out/i);
    await host.close();
  });
});
