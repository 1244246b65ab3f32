import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadPolicies } from '../../src/config/load-policies.ts';
import { DEFAULT_POLICY_OPTIONS } from '../../src/config/build-config.ts';
import { createRuleChanges } from '../../src/config/rule-changes.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'countersign-rules-'));
  mkdirSync(join(dir, 'policies'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const HEAD = 'version: 1\nupstream: crm\nclasses: { read: [], write: [update_*], never: [] }\nrules:\n';
const BLOCK = `${HEAD}  # the rule of the leads
  - id: first
    who: { groups: [sales] }
    tools: [update_a]
    effect: approve
  - id: deal-updates # said twice
    who: { groups: [sales] }
    tools: [update_deal]
    effect: approve # a person looks
    approval:
      by: { groups: [leads] }
      count: 2
      summary: 'Set {{args.a}}'
    reason: Leads confirm changes
  - id: last
    tools: [update_z]
    effect: deny
`;
const FLOW = `${HEAD}  - { id: deal-updates, who: { groups: [sales] }, tools: [update_deal], effect: approve, approval: { by: { groups: [leads] } } }\n`;
const FLOW_FIRST = `${HEAD}  - { approval: { by: { groups: [leads] } }, id: deal-updates, who: { any: true }, tools: [update_deal], effect: approve }\n`;

async function suggested(text: string, ruleId = 'deal-updates', upstream = 'crm'): Promise<string | null> {
  writeFileSync(join(dir, 'policies/crm.yaml'), text, { mode: 0o600 });
  return createRuleChanges(join(dir, 'policies')).suggestUnattended(upstream, ruleId);
}

describe('a suggested change of a rule', () => {
  it.each([
    ['in lines', BLOCK],
    ['in braces', FLOW],
    ['in braces, in another order', FLOW_FIRST],
    ['that is the last of its file', BLOCK.slice(0, BLOCK.indexOf('  - id: last'))],
  ])('%s can be applied, and asks nobody afterwards', async (_, text) => {
    const diff = await suggested(text);
    writeFileSync(join(dir, 'change.diff'), diff ?? '');
    execFileSync('git', ['apply', '-p2', '../change.diff'], { cwd: join(dir, 'policies') });
    const policy = await loadPolicies(join(dir, 'policies'), DEFAULT_POLICY_OPTIONS);
    const rules = policy.ok ? (policy.value.upstreams.get('crm')?.rules ?? []) : [];
    const rule = rules.find(({ rule: { id } }) => id === 'deal-updates')?.rule;
    expect(rule).toMatchObject({ effect: 'allow', unattended: true });
    const others = readFileSync(join(dir, 'policies/crm.yaml'), 'utf8');
    if (text.includes('id: first'))
      expect(others).toContain('    effect: approve\n  - id: deal-updates # said twice\n');
  });

  it('is one hunk with the lines around it', async () => {
    expect(await suggested(BLOCK)).toBe(
      [
        '--- a/policies/crm.yaml',
        '+++ b/policies/crm.yaml',
        '@@ -10,11 +10,8 @@',
        '   - id: deal-updates # said twice',
        '     who: { groups: [sales] }',
        '     tools: [update_deal]',
        '-    effect: approve # a person looks',
        '-    approval:',
        '-      by: { groups: [leads] }',
        '-      count: 2',
        "-      summary: 'Set {{args.a}}'",
        '+    effect: allow',
        '+    unattended: true # a person looks',
        '     reason: Leads confirm changes',
        '   - id: last',
        '     tools: [update_z]',
        '',
      ].join('\n'),
    );
  });

  it.each([
    ['of a rule that there is not', BLOCK, 'gone', 'crm'],
    ['of a rule that asks nobody', BLOCK, 'last', 'crm'],
    ['of another upstream', BLOCK, 'deal-updates', 'mail'],
    ['of a file that is broken', `${BLOCK}  - {`, 'deal-updates', 'crm'],
  ])('is not made %s', async (_, text, ruleId, upstream) => {
    expect(await suggested(text, ruleId, upstream)).toBeNull();
  });

  it('changes no file', async () => {
    await suggested(BLOCK);
    expect(readFileSync(join(dir, 'policies/crm.yaml'), 'utf8')).toBe(BLOCK);
  });
});
