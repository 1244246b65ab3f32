import { describe, expect, it } from 'vitest';
import { type Pin, pinId } from '../../src/core/catalog/pin.ts';
import type { DefinitionDigest } from '../../src/core/catalog/tool.ts';
import { lintPinned } from '../../src/gateway/lint-pinned.ts';
import type { ImaginedPerson } from '../../src/gateway/administration.ts';
import { administrator, createGatewayRig } from '../support/gateway-rig.ts';
import { startAdminPlane } from '../support/start-admin-plane.ts';

const POLICY = `
version: 1
upstream: notes
classes: { read: [get, "search_*"], write: [update], never: [purge] }
rules:
  - { id: staff-read, who: { groups: [staff] }, tools: { class: read }, effect: allow }
  - { id: staff-write, who: { groups: [staff], scopes: [notes.write] }, tools: [update], effect: approve, when: args.n < 9 }
  - { id: files, who: { groups: [staff] }, resources: ["note://**"], effect: allow }
  - { id: texts, who: { any: true }, prompts: [summary], effect: allow, completion: true }
  - { id: soon, who: { any: true }, tools: [get], effect: allow, env: [dev], from: 2026-12-01T00:00:00Z, until: 2026-12-02T00:00:00Z }
limits:
  - { calls: 5/1m, concurrent: 2 }
watch:
  - { on: first-use-of-tool, then: require-approval }
`;

const auditor = administrator('nora', { roles: ['auditor'] });
const alice: ImaginedPerson = {
  user: 'alice',
  groups: ['staff'],
  scopes: null,
  tenant: null,
  client: null,
  nowMs: null,
};

const DIGEST = 'd'.repeat(64) as DefinitionDigest;

const createRig = () => createGatewayRig({ policies: [POLICY], upstreams: { notes: ['get', 'update'] } });

describe('the policy in force', () => {
  it('is shown with its files, classes and rules, each with its place', async () => {
    const { administration } = await createRig();
    const shown = administration.showPolicy(auditor);
    expect(shown).toMatchObject({
      ok: true,
      value: {
        files: [{ upstream: 'notes', place: expect.stringMatching(/ upstream$/) }],
        upstreams: [
          {
            name: 'notes',
            classes: { read: ['get', 'search_*'], write: ['update'], never: ['purge'], byArgument: [] },
            limits: [expect.stringMatching(/ limits\.0$/)],
            watch: [{ on: 'first-use-of-tool', place: expect.stringMatching(/ watch\.0$/) }],
          },
        ],
      },
    });
    const rules = shown.ok ? shown.value.upstreams[0]?.rules : [];
    expect(rules?.map(({ id, about, inEnvironment }) => [id, about.kind, about.patterns, inEnvironment])).toEqual([
      ['files', 'resources', ['note://**'], true],
      ['staff-read', 'tools-of-class', ['read'], true],
      ['staff-write', 'tools', ['update'], true],
      ['texts', 'prompts', ['summary'], true],
      ['soon', 'tools', ['get'], false],
    ]);
    expect(rules?.at(-1)).toMatchObject({ from: '2026-12-01T00:00:00.000Z', until: '2026-12-02T00:00:00.000Z' });
  });
});

describe('the tools that hosts see now', () => {
  const pin = (tool: string, fields: Partial<Pin> = {}): Pin => ({
    id: pinId('notes', tool, DIGEST),
    upstream: 'notes',
    tool,
    digest: DIGEST,
    status: 'trusted',
    why: [],
    definition: { name: tool, inputSchema: { type: 'object', properties: { n: { type: 'string' } } } },
    firstSeenMs: 0,
    decidedBy: null,
    decidedMs: null,
    ...fields,
  });

  it('are held against the policy, by their pinned definitions', async () => {
    const policy = (await createRig()).deps.policy();
    const found = lintPinned(policy, [pin('get'), pin('update'), pin('put'), pin('drop', { status: 'pending' })]);
    expect(found.map(({ message, got }) => `${message}: ${got}`)).toEqual([
      'a tool of the upstream is in no class, so it is denied: put',
      'is no tool of the upstream: search_*',
      'does not fit the input schema of update: no such overload: string < int: args.n < 9',
    ]);
    expect(lintPinned(policy, [])).toEqual([]);
    expect(lintPinned(policy, [pin('get', { upstream: 'wiki' })])).toEqual([]);
  });
});

describe('a call that is thought through', () => {
  it('is decided and explained rule by rule', async () => {
    const { administration } = await createRig();
    const target = { kind: 'tool', upstream: 'notes', name: 'update' } as const;
    const person = { ...alice, scopes: ['notes.write'] };
    expect(await administration.explainPolicy(auditor, person, { target, args: { n: 3 } })).toMatchObject({
      ok: true,
      value: {
        as: { user: 'alice', groups: ['staff'], from: 'request' },
        decision: {
          effect: 'approve',
          class: 'write',
          reasons: [{ ruleId: 'staff-write', place: expect.stringMatching(/ rules\.1$/) }],
          terms: { approversNeeded: 1 },
          limits: [{ kind: 'calls', max: 5 }, { kind: 'concurrent', max: 2 }, { kind: 'first-use' }],
        },
        rules: expect.arrayContaining([expect.objectContaining({ id: 'staff-write', standing: 'matches' })]),
      },
    });
  });

  it.each([
    ['resource', 'note://a/b', 'allow'],
    ['resource', 'file:///etc/passwd', 'deny'],
    ['prompt', 'summary', 'allow'],
    ['prompt-argument', 'summary', 'allow'],
    ['template', 'note://{id}', 'allow'],
  ] as const)('can be about a %s: %s', async (kind, name, effect) => {
    const { administration } = await createRig();
    const question = { target: { kind, upstream: 'notes', name }, args: {} };
    expect(await administration.explainPolicy(auditor, alice, question)).toMatchObject({
      ok: true,
      value: { target: question.target, decision: { effect } },
    });
  });

  it('is made with the rights of the newest live token, where it names none', async () => {
    const rig = await createRig();
    const olivia = administrator('olivia', { roles: ['operator'] });
    const token = { plane: 'mcp', user: 'alice', roles: [], ttlMs: 60_000 } as const;
    await rig.administration.createToken(olivia, { ...token, groups: ['staff'], scopes: [] });
    await rig.administration.createToken(olivia, { ...token, groups: ['guests'], scopes: [], user: 'bob' });
    const target = { kind: 'tool', upstream: 'notes', name: 'get' } as const;
    const explained = await rig.administration.explainPolicy(auditor, { ...alice, groups: null }, { target, args: {} });
    expect(explained).toMatchObject({
      ok: true,
      value: { as: { groups: ['staff'], from: 'token' }, decision: { effect: 'allow' } },
    });
  });

  it('leaves no trace: nothing is recorded, and nothing reaches the upstream', async () => {
    const rig = await createRig();
    const before = await rig.administration.readAudit(auditor, { limit: 100, afterSequence: null });
    await rig.administration.simulatePolicy(auditor, alice, null);
    expect(await rig.administration.readAudit(auditor, { limit: 100, afterSequence: null })).toEqual(before);
  });

  it('comes in numbers: every tool that the policy names', async () => {
    const { administration } = await createRig();
    const simulated = await administration.simulatePolicy(auditor, alice, null);
    const decisions = simulated.ok ? simulated.value.decisions : [];
    expect(decisions.map(({ target, decision }) => [target.name, decision.effect, decision.hidden])).toEqual([
      ['purge', 'deny', true],
      ['update', 'deny', false],
      ['get', 'allow', false],
    ]);
  });
});

describe('over the admin API', () => {
  it.each([
    [{ as: 'alice', groups: ['staff'], tool: 'notes/get' }, 200, 'allow'],
    [{ as: 'alice', groups: ['staff'], tool: 'notes/update', arguments: 'any' }, 200, 'deny'],
    [{ as: 'alice', groups: ['staff'], resource: 'notes/note://x' }, 200, 'allow'],
    [{ as: 'alice', prompt: 'notes/summary', completion: true }, 200, 'allow'],
    [{ as: 'alice', tool: 'get' }, 400, null],
    [{ as: 'alice', tool: 'Notes!/get' }, 400, null],
    [{ as: 'alice', tool: 'notes/get', prompt: 'notes/summary' }, 400, null],
    [{ as: 'alice', tool: 'notes/get', completion: true }, 400, null],
    [{ as: 'alice', tool: 'notes/get', arguments: [] }, 400, null],
    [{ as: 'alice' }, 400, null],
    [{ as: 'alice', tool: 'notes/get', group: ['staff'] }, 400, null],
  ])('%j is answered with %i', async (json, status, effect) => {
    const plane = await startAdminPlane(await createRig());
    const token = plane.admin('auditor');
    const answer = await plane.ask({ method: 'POST', path: '/api/policy/explain', json, token });
    expect(answer.status).toBe(status);
    if (effect !== null) expect(answer.json).toMatchObject({ decision: { effect } });
  });

  it('simulates the calls that are named', async () => {
    const plane = await startAdminPlane(await createRig());
    const calls = [{ tool: 'notes/get' }, { tool: 'notes/search_all', arguments: {} }, { tool: 'elsewhere/get' }];
    const json = { as: 'alice', groups: ['staff'], calls };
    const token = plane.admin('operator');
    const answer = await plane.ask({ method: 'POST', path: '/api/policy/simulate', json, token });
    expect(answer.json).toMatchObject({
      decisions: [
        { target: { upstream: 'notes', name: 'get' }, decision: { effect: 'allow' } },
        { decision: { effect: 'allow' } },
        { decision: { effect: 'deny', reasons: [{ code: 'upstream_without_policy' }] } },
      ],
    });
  });
});
