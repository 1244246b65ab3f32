import { describe, expect, it } from 'vitest';
import type { CompiledPolicy } from '../../src/core/policy/compile-policy.ts';
import { createKnownSecrets } from '../../src/core/content/redact-arguments.ts';
import { NO_HINTS } from '../../src/core/policy/hinted-writes.ts';
import { decide } from '../../src/core/policy/decide.ts';
import { createShadow, type Shadow } from '../../src/gateway/shadow.ts';
import { StoreError } from '../../src/ports/store-error.ts';
import { createFixedClock } from '../support/fixed-clock.ts';
import { administrator, createGatewayRig, person } from '../support/gateway-rig.ts';
import { policyOf } from '../support/policy.ts';

const REAL = `
version: 1
upstream: notes
classes: { read: [get], write: [update] }
rules:
  - { id: read, who: { any: true }, tools: { class: read }, effect: allow }
  - { id: write, who: { any: true }, tools: [update], effect: deny }
`;

const candidate = (rules: readonly object[]): CompiledPolicy =>
  policyOf([{ upstream: 'notes', classes: { read: ['get'], write: ['update'] }, rules }]);
const STRICT = candidate([{ id: 'none', tools: ['get'], effect: 'deny' }]);
const SAME = candidate([{ id: 'all', who: { any: true }, tools: ['get'], effect: 'allow' }]);
const auditor = administrator('nora', { roles: ['auditor'] });

interface Entry {
  readonly kind: string;
  readonly [field: string]: unknown;
}

/** A gateway with a candidate beside its policy, and what the shadow recorded. */
async function createWorld(load: () => Promise<CompiledPolicy | string>) {
  const entries: Entry[] = [];
  const clock = createFixedClock(0);
  const problems: string[] = [];
  const state = { fails: false };
  const shadow = createShadow({
    clock,
    knownSecrets: createKnownSecrets([]),
    report: ({ problem }) => problems.push(problem),
    load,
    audit: {
      record: (added) => {
        if (state.fails) return Promise.reject(new StoreError('unavailable', 'full'));
        entries.push(...(added as unknown as Entry[]));
        return Promise.resolve(entries.length);
      },
      read: () => Promise.resolve([]),
      find: () => Promise.resolve(null),
      health: () => ({ writable: true, problem: null }),
    },
  });
  await shadow.reload();
  const rig = await createGatewayRig({ policies: [REAL], upstreams: { notes: ['get', 'update'] }, shadow });
  const differences = () => entries.filter(({ kind }) => kind === 'shadow');
  return { rig, shadow, clock, entries, differences, problems, state };
}

const viewOf = (shadow: Shadow) => shadow.view();

describe('a shadow policy', () => {
  it('changes nothing of a call, and is recorded where it differs', async () => {
    const { rig, differences, shadow } = await createWorld(() => Promise.resolve(STRICT));
    expect(await rig.call(person('alice'), 'notes__get', { id: 1 })).toMatchObject({ isError: false });
    expect(differences()).toMatchObject([
      {
        principal: 'alice',
        method: 'tools/call',
        upstream: 'notes',
        tool: 'get',
        decision: 'allow',
        ruleId: 'read',
        shadowDecision: 'deny',
        shadowRuleId: 'none',
        shadowReasons: ['rule_denies'],
        shadowVersion: STRICT.version,
        count: 1,
      },
    ]);
    expect(viewOf(shadow)).toMatchObject({ compared: 1, differing: 1, problem: null, version: STRICT.version });
  });

  it('is silent where it says the same, for whatever reason', async () => {
    const { rig, differences, shadow } = await createWorld(() => Promise.resolve(SAME));
    await rig.call(person('alice'), 'notes__get', {});
    await rig.call(person('alice'), 'notes__update', {});
    expect(differences()).toEqual([]);
    expect(viewOf(shadow)).toMatchObject({ compared: 2, differing: 0 });
  });

  it('is recorded at once, and then once a minute with how many there were', async () => {
    const { rig, differences, shadow, clock } = await createWorld(() => Promise.resolve(STRICT));
    for (let call = 0; call < 5; call++) await rig.call(person('alice'), 'notes__get', { call });
    await rig.call(person('bob'), 'notes__get', {});
    await shadow.flush();
    expect(differences().map(({ principal, count }) => [principal, count])).toEqual([
      ['alice', 1],
      ['bob', 1],
    ]);
    clock.advance(60_000);
    await shadow.flush();
    await shadow.flush();
    expect(differences().map(({ principal, count }) => [principal, count])).toEqual([
      ['alice', 1],
      ['bob', 1],
      ['alice', 4],
    ]);
    expect(viewOf(shadow)?.differences.map(({ principal, count }) => [principal, count])).toEqual([
      ['alice', 5],
      ['bob', 1],
    ]);
  });

  it('loses no count where the log fails, and no call', async () => {
    const { rig, differences, shadow, clock, state, problems } = await createWorld(() => Promise.resolve(STRICT));
    state.fails = true;
    expect(await rig.call(person('alice'), 'notes__get', {})).toMatchObject({ isError: false });
    await shadow.flush();
    expect(problems).toContain('differences of the shadow policy could not be recorded');
    state.fails = false;
    clock.advance(60_000);
    await shadow.flush();
    expect(differences()).toMatchObject([{ count: 1 }]);
  });

  it('tells at most a thousand differences apart, and counts the rest', async () => {
    const { rig, shadow } = await createWorld(() => Promise.resolve(STRICT));
    const policy = rig.deps.policy();
    const target = { kind: 'tool', upstream: 'notes', name: 'get' } as const;
    for (let index = 0; index < 1010; index++) {
      const request = { principal: person(`user-${index}`), target, args: {}, nowMs: 0 };
      shadow.compare({ callId: 'c', request, hinted: NO_HINTS }, decide(policy, request));
    }
    expect(viewOf(shadow)).toMatchObject({ compared: 1010, differing: 1010, beyond: 10 });
    expect(viewOf(shadow)?.differences.length).toBe(200);
  });

  it('stays as it was where its files are wrong, and says so', async () => {
    const answers: (CompiledPolicy | string)[] = [STRICT, 'candidate/notes.yaml:3:1: is wrong'];
    const { rig, shadow, problems } = await createWorld(() => Promise.resolve(answers.shift() ?? 'no more'));
    await shadow.reload();
    expect(problems.join()).toContain('is wrong');
    await rig.call(person('alice'), 'notes__get', {});
    expect(viewOf(shadow)).toMatchObject({ differing: 1, problem: expect.stringContaining('is wrong') });
  });

  it('begins anew with another candidate, which is recorded', async () => {
    const answers = [STRICT, STRICT, SAME];
    const { rig, shadow, entries } = await createWorld(() => Promise.resolve(answers.shift() ?? SAME));
    await rig.call(person('alice'), 'notes__get', {});
    await shadow.reload();
    expect(viewOf(shadow)).toMatchObject({ differing: 1 });
    await shadow.reload();
    expect(viewOf(shadow)).toMatchObject({ compared: 0, differing: 0, differences: [] });
    const loads = entries.filter(({ kind }) => kind === 'gateway');
    expect(loads.map(({ change, policyVersion }) => [change, policyVersion])).toEqual([
      ['shadow-loaded', STRICT.version],
      ['shadow-loaded', SAME.version],
    ]);
  });

  it('is shown to administrators, and null where there is none', async () => {
    const { rig } = await createWorld(() => Promise.resolve(STRICT));
    await rig.call(person('alice'), 'notes__get', {});
    expect(rig.administration.showShadow(auditor)).toMatchObject({ ok: true, value: { differing: 1 } });
    const plain = await createGatewayRig({ policies: [REAL], upstreams: { notes: ['get'] } });
    expect(plain.administration.showShadow(auditor)).toEqual({ ok: true, value: null });
  });
});

describe('what a credential says of its holder', () => {
  const principals = async (rig: Awaited<ReturnType<typeof createGatewayRig>>): Promise<Entry[]> => {
    const records = await rig.store.audit.read({ limit: 100, afterSequence: null });
    const entries = records.map(({ leaf }) => (JSON.parse(leaf) as { entry: Entry }).entry);
    return entries.filter(({ kind }) => kind === 'principal' || kind === 'decision');
  };

  it('is recorded before the first decision, and then once a day', async () => {
    const rig = await createGatewayRig({ policies: [REAL], upstreams: { notes: ['get'] } });
    await rig.call(person('alice'), 'notes__get', {});
    await rig.call(person('alice'), 'notes__get', {});
    rig.clock.advance(24 * 3_600_000);
    await rig.call(person('alice'), 'notes__get', {});
    const entries = await principals(rig);
    expect(entries.map(({ kind }) => kind)).toEqual(['principal', 'decision', 'decision', 'principal', 'decision']);
    const { id, groups, scopes, tenant, issuer, credentialId } = person('alice');
    expect(entries[0]).toMatchObject({ principal: id, groups, scopes, tenant, issuer, credentialId });
  });

  it('comes again with another credential', async () => {
    const rig = await createGatewayRig({ policies: [REAL], upstreams: { notes: ['get'] } });
    await rig.call(person('alice'), 'notes__get', {});
    await rig.call({ ...person('alice'), credentialId: 'tok_other', groups: ['other'] }, 'notes__get', {});
    expect((await principals(rig)).map(({ groups }) => groups)).toEqual([
      person('alice').groups,
      undefined,
      ['other'],
      undefined,
    ]);
  });
});
