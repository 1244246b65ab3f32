import { Pool } from 'undici';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CanaryUpstream, startCanaryUpstream } from '../support/canary-upstream.ts';
import { runGateway, type TestGateway } from '../support/run-gateway.ts';

/** A thousand people, and a minute, for the long run; fewer of both for every day. */
const PEOPLE = Number(process.env['COUNTERSIGN_CANARY_PEOPLE'] ?? 60);
const SECONDS = Number(process.env['COUNTERSIGN_CANARY_SECONDS'] ?? 4);
const AT_ONCE = 48;
const LEGACY = '2025-11-25';
const MODERN = '2026-07-28';

interface Person {
  readonly token: string;
  readonly canary: string;
  session: string | null;
}

let upstreams: Readonly<Record<'old' | 'new', CanaryUpstream>>;
let gateway: TestGateway;
let pool: Pool;
const people: Person[] = [];

beforeAll(async () => {
  upstreams = { old: await startCanaryUpstream('legacy'), new: await startCanaryUpstream('modern') };
  const policy = (name: string): string => `version: 1
upstream: ${name}
classes: { read: [say] }
rules:
  - { id: ${name}-all, who: { any: true }, tools: [say], effect: allow, reason: everybody may speak }
`;
  gateway = await runGateway({
    config: `upstreams:\n  old: { url: "${upstreams.old.url}" }\n  new: { url: "${upstreams.new.url}" }\n`,
    policies: { 'old.yaml': policy('old'), 'new.yaml': policy('new') },
  });
  pool = new Pool(`http://127.0.0.1:${gateway.mcpPort}`, { connections: AT_ONCE });
  for (let number = 0; number < PEOPLE; number++) {
    const { token } = await gateway.issue({ user: `person-${number}` });
    people.push({ token, canary: `canary-${number}-${Math.random().toString(36).slice(2)}.`, session: null });
  }
}, 120_000);

afterAll(async () => {
  await pool.close();
  await gateway.close();
  await upstreams.old.close();
  await upstreams.new.close();
});

/** Every request of everybody has the same id and the same progress token: nothing but the person tells them apart. */
async function send(person: Person, era: 'legacy' | 'modern', method: string, params: object): Promise<string> {
  const envelope = {
    'io.modelcontextprotocol/protocolVersion': MODERN,
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const meta = { progressToken: 'same', ...(era === 'modern' && envelope) };
  const name = 'name' in params && era === 'modern' ? { 'mcp-name': String(params.name) } : {};
  const { headers, body, statusCode } = await pool.request({
    method: 'POST',
    path: '/mcp',
    headers: {
      authorization: `Bearer ${person.token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': era === 'modern' ? MODERN : LEGACY,
      ...(era === 'modern' && { 'mcp-method': method }),
      ...(era === 'legacy' && person.session !== null && { 'mcp-session-id': person.session }),
      ...name,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: meta } }),
  });
  const text = await body.text();
  expect([200, text]).toEqual([statusCode, text]);
  if (method === 'initialize') person.session = String(headers['mcp-session-id']);
  return text;
}

const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T;

it('thousands of equal ids from many people at once: nobody ever gets a word of somebody else', async () => {
  const until = performance.now() + SECONDS * 1000;
  let answers = 0;
  async function keepTalking(): Promise<void> {
    // Where the machine is slow, for longer: until there is something to mix up.
    while (performance.now() < until || answers <= AT_ONCE) {
      const person = pick(people);
      const era = pick(['legacy', 'modern'] as const);
      if (era === 'legacy' && person.session === null) {
        await send(person, era, 'initialize', {
          protocolVersion: LEGACY,
          capabilities: {},
          clientInfo: { name: 'canary', version: '1' },
        });
      }
      const call = {
        name: pick(['old__say', 'new__say']),
        arguments: { canary: person.canary, how: pick(['json', 'events']) },
      };
      const text = await send(person, era, 'tools/call', call);
      expect(text.match(/canary-\d+-[a-z0-9]+\./g)).toEqual(expect.arrayContaining([person.canary]));
      expect(text.replaceAll(person.canary, '')).not.toMatch(/canary-\d/);
      answers++;
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, keepTalking));
  expect(answers).toBeGreaterThan(AT_ONCE);
  expect(upstreams.old.calls() + upstreams.new.calls()).toBe(answers);
  expect([upstreams.old.crossedSessions(), upstreams.new.crossedSessions()]).toEqual([[], []]);
}, 300_000);
