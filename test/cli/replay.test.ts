import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AdminRole } from '../../src/core/identity/principal.ts';
import type { Replay } from '../../src/cli/replay.ts';
import { createCliWorld } from '../support/cli-world.ts';
import { administrator, createGatewayRig, person } from '../support/gateway-rig.ts';
import { startAdminPlane } from '../support/start-admin-plane.ts';

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 20, 14, 2);
const golden = (name: string): string => new URL(`golden/${name}.txt`, import.meta.url).pathname;

const OLD = `
version: 1
upstream: notes
classes: { read: [get, search], write: [update, send] }
rules:
  - { id: staff-read, who: { groups: [staff] }, tools: { class: read }, effect: allow }
  - { id: staff-write, who: { groups: [staff] }, tools: { class: write }, effect: approve }
  - { id: pages, who: { groups: [staff] }, resources: ["note://**"], effect: allow }
`;

const NEW = `
version: 1
upstream: notes
classes: { read: [get], write: [update, send] }
rules:
  - { id: staff-read, who: { groups: [staff] }, tools: { class: read }, effect: allow }
  - { id: small, who: { groups: [staff] }, tools: [update], when: args.n < 10, effect: allow, unattended: true }
  - { id: mail, who: { groups: [staff] }, tools: [send], when: args.password == "x", effect: approve }
  - { id: large, who: { groups: [staff] }, tools: [update], when: args.n >= 10, effect: deny }
  - { id: guests, who: { groups: [guests] }, tools: [get], effect: approve }
`;

const WATCHED = `
version: 1
upstream: notes
classes: { read: [get, search], write: [update, send] }
labels: { private: { tools: [get] }, untrusted: { tools: [search] }, external: { tools: [send] } }
watch:
  - { on: data-flow, within: 1h, then: require-approval }
rules:
  - { id: staff, who: { groups: [staff] }, tools: [get, search, update], effect: allow, unattended: true }
  - { id: mail, who: { groups: [staff] }, tools: [send], effect: allow, unattended: true }
`;
const UNWATCHED = WATCHED.replace(/watch:\n.*\n/, '');
const ASKING = UNWATCHED.replace('tools: [send], effect: allow, unattended: true', 'tools: [send], effect: approve');

/** A gateway with some calls behind it, and a directory with another policy. */
async function createWorld(candidate = NEW, inForce = OLD) {
  const dir = mkdtempSync(join(tmpdir(), 'countersign-replay-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  mkdirSync(join(dir, 'candidate'));
  writeFileSync(join(dir, 'candidate/notes.yaml'), candidate.trim());
  const rig = await createGatewayRig({
    policies: [inForce],
    upstreams: { notes: ['get', 'search', 'update', 'send'] },
  });
  const plane = await startAdminPlane(rig);
  const cli = await createCliWorld();
  return {
    rig,
    async replay(more: readonly string[] = [], options: { role?: AdminRole; color?: boolean } = {}) {
      const { role = 'auditor', color = false } = options;
      const args = ['replay', '--policies', join(dir, 'candidate'), '--admin-url', plane.url, ...more];
      const run = await cli.run(args, { env: { COUNTERSIGN_ADMIN_TOKEN: plane.admin(role) }, color });
      return { ...run, stdout: run.stdout.replaceAll(dir, '').replaceAll(/\S*\/candidate/g, 'candidate') };
    },
  };
}

const alice = { ...person('alice'), groups: ['staff'] };
const guest = { ...person('gil'), groups: ['guests'], credentialId: 'tok_gil' };

async function callSome({ rig }: Awaited<ReturnType<typeof createWorld>>): Promise<void> {
  rig.clock.advance(NOW_MS - rig.clock.nowMs() - DAY_MS);
  const call = async (who: typeof alice, tool: string, args: Record<string, string | number>) => {
    rig.clock.advance(60_000);
    await rig.call(who, `notes__${tool}`, args);
  };
  await call(alice, 'get', { id: 1 });
  await call(alice, 'get', { id: 2 });
  await call(alice, 'search', { text: 'x' });
  await call(alice, 'update', { n: 3 });
  await call(alice, 'update', { n: 30 });
  await call(alice, 'send', { password: 'hunter2', to: 'bob' });
  await call(guest, 'get', { id: 1 });
  await call(guest, 'purge', {});
  const stop = { scope: { upstream: 'notes' }, reason: 'a drill', expiresMs: null };
  await rig.administration.pullKillSwitch(administrator('olivia', { roles: ['operator'] }), stop);
  await call(alice, 'get', { id: 3 });
}

describe('replay', () => {
  it('counts what would come out otherwise, with examples, and says what it cannot tell', async () => {
    const world = await createWorld();
    await callSome(world);
    const { stdout, exitCode } = await world.replay();
    expect(exitCode).toBe(1);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    await expect(stdout).toMatchFileSnapshot(golden('replay'));
    const colored = await world.replay([], { color: true });
    expect(colored.stdout).not.toBe(stdout);
    expect(stripVTControlCharacters(colored.stdout)).toBe(stdout);
  });

  it('gives the same as JSON', async () => {
    const world = await createWorld();
    await callSome(world);
    const { stdout } = await world.replay(['--json', '--since', '2d']);
    const replay = JSON.parse(stdout) as Replay & { readonly ok: boolean };
    expect(replay).toMatchObject({
      ok: true,
      recorded: 9,
      replayed: 8,
      counts: { same: 3, newlyDenied: 3, newlyAllowed: 1, newlyAsking: 1 },
      uncertain: 1,
      notReplayed: { notPolicy: { kill_switch: 1 }, unknownPerson: 0 },
    });
    expect(replay.examples.map(({ change, tool, certain }) => [change, tool, certain])).toEqual([
      ['newly-allowed', 'update', true],
      ['newly-asking', 'get', true],
      ['newly-denied', 'search', true],
      ['newly-denied', 'update', true],
      ['newly-denied', 'send', false],
    ]);
  });

  it('finds nothing under the policy that decided', async () => {
    const world = await createWorld(OLD);
    await callSome(world);
    const { stdout, exitCode } = await world.replay(['--json']);
    expect(JSON.parse(stdout)).toMatchObject({ counts: { newlyDenied: 0, newlyAllowed: 0, newlyAsking: 0 } });
    expect(exitCode).toBe(0);
  });

  it.each([
    ['the same watch rule', WATCHED, { same: 5, newlyAllowed: 0 }, 0],
    ['no watch rule', UNWATCHED, { same: 4, newlyAllowed: 1 }, 1],
    ['a rule that asks anyway', ASKING, { same: 4, newlyAllowed: 0, newlyAsking: 1 }, 1],
  ])('decides a send of what was read before again, under %s', async (_, candidate, counts, exitCode) => {
    const world = await createWorld(candidate, WATCHED);
    world.rig.clock.advance(NOW_MS - world.rig.clock.nowMs() - DAY_MS);
    await world.rig.call(alice, 'notes__send', { to: 'bob' });
    await world.rig.call(alice, 'notes__get', { id: 1 });
    await world.rig.call(alice, 'notes__search', { text: 'x' });
    await world.rig.call(alice, 'notes__send', { to: 'bob' });
    await world.rig.call(alice, 'notes__update', { n: 1 });
    const run = await world.replay(['--json']);
    expect(JSON.parse(run.stdout)).toMatchObject({ recorded: 5, replayed: 5, hadSeenBoth: 1, counts });
    expect(run.exitCode).toBe(exitCode);
    expect((await world.replay()).stdout).toContain('1 waited for a person because of data_flow');
  });

  it('is uncertain of every call whose arguments its reader may not see', async () => {
    const world = await createWorld();
    await callSome(world);
    const { stdout } = await world.replay(['--json'], { role: 'operator' });
    expect(JSON.parse(stdout)).toMatchObject({ uncertain: 3 });
  });

  it('goes as far back as it is told, and knows what people were allowed before', async () => {
    const world = await createWorld();
    await callSome(world);
    const { stdout } = await world.replay(['--json', '--since', '23h']);
    expect(JSON.parse(stdout)).toMatchObject({ recorded: 0 });
    const later = await world.replay(['--json', '--since', '1437m']);
    expect(JSON.parse(later.stdout)).toMatchObject({ recorded: 7, notReplayed: { unknownPerson: 0 } });
  });

  it('goes through a long log page by page', async () => {
    const world = await createWorld();
    world.rig.clock.advance(NOW_MS - world.rig.clock.nowMs() - DAY_MS);
    for (let call = 0; call < 300; call++) await world.rig.call(alice, 'notes__search', { call });
    const { stdout } = await world.replay(['--json']);
    expect(JSON.parse(stdout)).toMatchObject({ recorded: 300, counts: { newlyDenied: 300 } });
  });

  it('does not begin with a candidate that cannot be read', async () => {
    const world = await createWorld('version: 2');
    expect(await world.replay()).toMatchObject({ exitCode: 2, stdout: expect.stringContaining('must be 1') });
  });

  it('is refused where there are no policies to try', async () => {
    const cli = await createCliWorld();
    expect(await cli.run(['replay', '--since', '7d'])).toMatchObject({ exitCode: 2 });
  });
});
