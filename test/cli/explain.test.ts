import { describe, expect, it } from 'vitest';
import { createCliWorld } from '../support/cli-world.ts';
import { createGatewayRig } from '../support/gateway-rig.ts';
import { startAdminPlane } from '../support/start-admin-plane.ts';

const POLICY = `
version: 1
upstream: notes
classes: { read: [get] }
rules:
  - { id: staff-read, who: { groups: [staff] }, tools: { class: read }, effect: allow, bind: { owner: principal.id } }
  - { id: files, who: { any: true }, resources: ["note://**"], effect: allow }
  - { id: texts, who: { any: true }, prompts: [summary], effect: allow, completion: true }
`;

/** The options that send the question to a gateway with this policy. */
async function gateway(): Promise<{ readonly options: readonly string[]; readonly env: Record<string, string> }> {
  const plane = await startAdminPlane(await createGatewayRig({ policies: [POLICY], upstreams: { notes: ['get'] } }));
  return { options: ['--admin-url', plane.url], env: { COUNTERSIGN_ADMIN_TOKEN: plane.admin('auditor') } };
}

describe('explain of a running gateway', () => {
  it('prints the decision of its policy', async () => {
    const world = await createCliWorld();
    const { options, env } = await gateway();
    const call = ['explain', '--as', 'alice', '--group', 'staff', '--tool', 'notes/get'];
    const { stdout, exitCode } = await world.run([...call, ...options], { env });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Decision  allow\n');
    expect(stdout).toContain('Sent as   {"owner":"alice"}\n');
    expect(stdout).toContain('  staff-read  allow\n    matches\n');
  });

  it.each([
    [['--resource', 'notes/note://a/b'], 'resources/read note://a/b of notes', 'allow'],
    [['--template', 'notes/note://{id}'], 'resources/templates/list note://{id} of notes', 'allow'],
    [['--prompt', 'notes/summary'], 'prompts/get summary of notes', 'allow'],
    [['--prompt', 'notes/summary', '--completion'], 'completion/complete summary of notes', 'allow'],
    [['--template', 'notes/note://{id}', '--completion'], 'completion/complete note://{id} of notes', 'deny'],
    [['--tool', 'notes/get', '--args', 'any'], 'notes/get', 'deny'],
  ])('%j', async (target, call, effect) => {
    const world = await createCliWorld();
    const { options, env } = await gateway();
    const { stdout } = await world.run(['explain', '--as', 'bob', ...target, ...options], { env });
    expect(stdout).toContain(`Call      ${call} as bob\n`);
    const json = await world.run(['explain', '--as', 'bob', ...target, ...options, '--json'], { env });
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: true, decision: { effect }, as: { user: 'bob' } });
  });

  it('says that a gateway cannot be reached', async () => {
    const world = await createCliWorld();
    const call = ['explain', '--as', 'bob', '--tool', 'notes/get', '--admin-url', 'http://127.0.0.1:1'];
    expect(await world.run(call)).toMatchObject({ exitCode: 3, stdout: '' });
  });
});

describe('what explain is asked about', () => {
  it.each([[[]], [['--tool', 'a/b', '--prompt', 'a/b']], [['--tool', 'a/b', '--completion']], [['--tool', 'ab']]])(
    'is one thing: %j is no question',
    async (target) => {
      const world = await createCliWorld();
      expect(await world.run(['explain', '--as', 'bob', ...target])).toMatchObject({ exitCode: 2 });
    },
  );
});
