import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attack, refused, startWorld, type World } from '../support/evasion-world.ts';

// CVE-2025-53109 and CVE-2025-53110, the filesystem server: a directory was allowed by how a path begins, so `/srv/files-private` was
// taken for a part of `/srv/files`, and what a path means to its reader was not asked.

const POLICY = `
version: 1
upstream: crm
classes: { read: [read_x, read_y] }
rules:
  - { id: read, who: { groups: [staff] }, tools: [read_x], effect: allow }
  - { id: shared, who: { groups: [staff] }, tools: [read_y], when: 'args.path.isUnder("/srv/files")', effect: allow }
`;
const HOST = '2026-07-28';

describe('a path that begins like an allowed one', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ policies: { 'crm.yaml': POLICY } });
  });
  afterAll(() => world.close());

  const callWith = (path: string) => world.request(HOST, { params: { name: 'crm__read_y', arguments: { path } } });

  it.each([
    ['/srv/files-private/a', 'condition_not_met'],
    ['/srv/filesystem', 'condition_not_met'],
    ['/srv/file', 'condition_not_met'],
    ['/srv/files/../private/a', 'condition_unevaluable'],
    ['/srv/files/./../private', 'condition_unevaluable'],
    ['/srv/files/%2e%2e/private', 'condition_unevaluable'],
    ['/srv/files/%2E%2E%2Fprivate', 'condition_unevaluable'],
    ['/srv/files/..\\private', 'condition_unevaluable'],
    ['/srv/files/\u0000/../private', 'condition_unevaluable'],
    ['/srv/files/\uff0e\uff0e/private', 'condition_unevaluable'],
    ['/srv/files\uff0f..\uff0fprivate', 'condition_unevaluable'],
    ['file:///srv/files/a', 'condition_unevaluable'],
    ['//srv/files/../private', 'condition_unevaluable'],
  ] as const)('%j is denied', async (path, reason) => {
    expect(await attack(world, HOST, callWith(path))).toEqual(refused(200, 'isError', reason));
  });

  it('and the directory itself is read', async () => {
    await world.send(callWith('/srv/files/plan.md'));
    expect(world.crm.calls().at(-1)).toMatchObject({
      tool: 'read_y',
      params: { arguments: { path: '/srv/files/plan.md' } },
    });
  });
});
