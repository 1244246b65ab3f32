import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json/value.ts';
import { openLegacyHost } from '../support/conversing-host.ts';
import { runGateway, type TestGateway } from '../support/run-gateway.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';

// Class F: that a host's roots have changed is told to the upstreams that may ask for them, in the gateway's words, and to no other.

const policy = (upstream: string): string => `
version: 1
upstream: ${upstream}
classes: { read: ['*'] }
rules:
  - { id: read, who: { groups: [staff] }, tools: { class: read }, effect: allow }
`;
const NAMES = ['asks', 'plain', 'newer'] as const;

let gateway: TestGateway;
const upstreams = new Map<string, ScriptedUpstream>();
const tokens = new Map<string, string>();

beforeAll(async () => {
  for (const name of NAMES) {
    upstreams.set(name, await startScriptedUpstream({ era: name === 'newer' ? 'modern' : 'legacy', sessions: true }));
  }
  const lines = NAMES.map((name) => {
    const allow = name === 'plain' ? {} : { allow: { roots: true } };
    return `  ${name}: ${JSON.stringify({ url: upstreams.get(name)?.url, ...allow })}`;
  });
  gateway = await runGateway({
    config: `upstreams:\n${lines.join('\n')}\n`,
    policies: Object.fromEntries(NAMES.map((name) => [`${name}.yaml`, policy(name)])),
  });
  for (const [user, groups] of [
    ['alice', ['staff']],
    ['bob', ['staff']],
    ['carol', []],
  ] as const) {
    tokens.set(user, (await gateway.issue({ user, groups })).token);
  }
});
afterAll(async () => {
  await gateway.close();
  for (const upstream of upstreams.values()) await upstream.close();
});

const METHOD = 'notifications/roots/list_changed';
const heard = (name: string) => upstreams.get(name)?.seen(METHOD) ?? [];

async function openHost(user: string, capabilities: JsonObject) {
  const host = await openLegacyHost({ port: gateway.mcpPort, token: tokens.get(user) ?? '', capabilities });
  for (const name of NAMES) await host.call(`${name}__echo`);
  const tell = () => host.post({ jsonrpc: '2.0', method: METHOD, params: { covert: 'canary-word' } });
  return { ...host, tell };
}

it('reaches the session of this person at the upstream that may ask, without a word of the host', async () => {
  const alice = await openHost('alice', { roots: { listChanged: true } });
  await openHost('bob', { roots: { listChanged: true } });
  await alice.tell();
  await expect.poll(() => heard('asks').length).toBe(1);
  const [told] = heard('asks');
  expect(told?.message).toEqual({ jsonrpc: '2.0', method: METHOD, params: {} });
  const opened =
    upstreams
      .get('asks')
      ?.seen('initialize')
      .map(({ message }) => message?.params?.['capabilities']) ?? [];
  expect(opened).toContainEqual({ roots: { listChanged: true } });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect([heard('asks').length, heard('plain').length, heard('newer').length]).toEqual([1, 0, 0]);
});

it.each([
  ['a host that has no roots', 'alice', {}],
  ['a person who may use nothing of the upstream', 'carol', { roots: {} }],
])('does not come from %s', async (_who, user, capabilities) => {
  const before = heard('asks').length;
  const host = await openHost(user, capabilities);
  await host.tell();
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(heard('asks').length).toBe(before);
  expect(upstreams.get('asks')?.bytesSeen()).not.toContain('canary-word');
});
