import { expect, it } from 'vitest';
import { templateShape } from '../../src/core/catalog/uri-template.ts';
import { decide } from '../../src/core/policy/decide.ts';
import { attack, refused, startWorld } from '../support/evasion-world.ts';
import type { Host } from '../support/host-request.ts';
import { policyOf, principalOf } from '../support/policy.ts';

// CVE-2026-0621, TypeScript SDK: the template `{/ids*}` became a regular expression with a repetition inside a repetition, and a
// URI of many commas kept the server busy for minutes. Here no regular expression is made of a template or of a pattern.

const COMMAS = ','.repeat(100_000);

it('is refused at once, long or short of the longest that is read', async () => {
  const policy =
    "version: 1\nupstream: crm\nrules: [{ id: a, who: { any: true }, resources: ['crm://**,**,**,**x'], effect: allow }]\n";
  const honest =
    'classes: { read: [read_x] }\nrules:\n  - { id: b, who: { any: true }, tools: [read_x], effect: allow }\n';
  const world = await startWorld({
    policies: { 'crm.yaml': policy, 'tools.yaml': `version: 1\nupstream: crm\n${honest}` },
  });
  try {
    const read = (host: Host, uri: string) =>
      world.request(host, { method: 'resources/read', params: { uri }, path: '/mcp/crm' });
    // As long as a URI may be. What repeats a longer one in a header is refused before it is read.
    const longest = `crm://ids/${',a'.repeat(1000)}`;
    expect(await attack(world, '2026-07-28', read('2026-07-28', longest))).toEqual(refused(200, -32602, 'no_rule'));
    expect(await attack(world, '2025-11-25', read('2025-11-25', longest))).toEqual(refused(200, -32002, 'no_rule'));
    const longer = read('2025-11-25', `crm://ids/${COMMAS}`);
    expect(await attack(world, '2025-11-25', longer)).toEqual(refused(200, -32602, 'malformed'));
  } finally {
    await world.close();
  }
});

it('takes no time to compare with what a template expands to', () => {
  const rules = [{ id: 'a', who: { any: true }, resources: [`crm://${'**,'.repeat(100)}x`], effect: 'allow' }];
  const policy = policyOf([{ upstream: 'crm', rules }]);
  const name = `crm://${','.repeat(2000)}`;
  const target = { kind: 'resource', upstream: 'crm', name } as const;
  const startedMs = performance.now();
  expect(decide(policy, { principal: principalOf(), target, args: {}, nowMs: 0 }).effect).toBe('deny');
  expect(templateShape(`crm://{/ids*}${COMMAS}`)).toBeNull();
  // What it would take otherwise has no end; the bound is generous for a machine with other things to do.
  expect(performance.now() - startedMs).toBeLessThan(5_000);
});
