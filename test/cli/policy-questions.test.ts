import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diffPolicies } from '../../src/cli/diff.ts';
import { explainDecision } from '../../src/cli/explain.ts';
import type { JsonObject } from '../../src/core/json/value.ts';
import { NOW_MS, principalOf } from '../support/policy.ts';

const POLICIES = new URL('../../policies', import.meta.url).pathname;
const golden = (name: string): string => new URL(`golden/${name}.txt`, import.meta.url).pathname;

function ask(tool: string, args: JsonObject | null, more: { color?: boolean; json?: boolean; dir?: string } = {}) {
  const principal = { ...principalOf({ user: 'alice', groups: ['sales'] }), tenant: 'acme' };
  const target = { kind: 'tool', upstream: 'crm', name: tool } as const;
  const { color = false, json = false, dir = POLICIES } = more;
  return explainDecision({ request: { principal, target, args, nowMs: NOW_MS }, config: null, dir, json, color });
}

/** The version changes with every policy in the directory. */
const withoutVersion = (output: string): string => output.replace(/^(Policy +)[0-9a-f]{16}$/m, '$1…');

describe('explain', () => {
  it.each<[string, string, JsonObject | null]>([
    ['explain-approve', 'update_deal', { id: 'd1', amount: 12_000 }],
    ['explain-allow', 'list_deals', { stage: 'open' }],
    ['explain-unevaluable', 'update_deal', { id: 'd1', amount: '12' }],
    ['explain-bound', 'list_deals', { tenant_id: 'globex' }],
    ['explain-hidden', 'export_all', {}],
    ['explain-listing', 'update_deal', null],
  ])('%s', async (name, tool, args) => {
    const { exitCode, output } = await ask(tool, args);
    expect(exitCode).toBe(0);
    expect(Math.max(...output.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    await expect(withoutVersion(output)).toMatchFileSnapshot(golden(name));
  });

  it('has colours on a terminal, and the same words', async () => {
    const plain = await ask('update_deal', { id: 'd1', amount: 12_000 });
    const colored = await ask('update_deal', { id: 'd1', amount: 12_000 }, { color: true });
    expect(colored.output).not.toBe(plain.output);
    expect(stripVTControlCharacters(colored.output)).toBe(plain.output);
  });

  it('gives the same as JSON', async () => {
    const { output } = await ask('update_deal', { id: 'd1', amount: 12_000 }, { json: true });
    expect(JSON.parse(output)).toMatchObject({
      ok: true,
      decision: { effect: 'approve', class: 'write', args: { amount: 12_000, id: 'd1', tenant_id: 'acme' } },
      rules: expect.arrayContaining([expect.objectContaining({ id: 'large-updates', standing: 'matches' })]),
    });
  });

  it('shows nothing raw that steers the terminal', async () => {
    const { output } = await ask('update_deal', { id: '\u001b[2J\u202e', amount: 1 });
    expect(output).not.toContain('\u001b');
    expect(output).not.toContain('\u202e');
  });
});

describe('with policies that are wrong or differ', () => {
  let dir = '';
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'countersign-diff-'));
    cpSync(POLICIES, dir, { recursive: true });
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const change = (from: string, to: string): void => {
    const file = join(dir, 'crm.yaml');
    const text = readFileSync(file, 'utf8');
    if (!text.includes(from)) throw new Error(`the policy has no ${from}`);
    writeFileSync(file, text.replace(from, to));
  };
  const diff = (json = false) =>
    diffPolicies({ before: POLICIES, after: dir, config: null, nowMs: NOW_MS, json, color: false });

  it('explain says what is wrong with them', async () => {
    change('effect: allow', 'effect: alow');
    const { exitCode, output } = await ask('update_deal', {}, { dir });
    expect({ exitCode, output }).toMatchObject({ exitCode: 1, output: expect.stringContaining('got alow') });
  });

  it('diff finds nothing in a copy', async () => {
    expect(await diff()).toEqual({ exitCode: 0, output: 'The two mean the same.\n' });
  });

  it('diff says who gains and who loses', async () => {
    change('never: [delete_*, export_all]', 'never: [export_all]');
    change('<= 10000.0', '<= 50000.0');
    change('groups: [auditors]', 'groups: [auditors, interns]');
    change('write: [create_deal, ', 'write: [');
    const { exitCode, output } = await diff();
    expect(exitCode).toBe(1);
    await expect(output).toMatchFileSnapshot(golden('diff'));
    expect(JSON.parse((await diff(true)).output)).toMatchObject({ ok: true, same: false });
  });

  it('diff does not compare what cannot be read', async () => {
    change('version: 1', 'version: 2');
    expect(await diff()).toMatchObject({ exitCode: 2, output: expect.stringContaining('version: must be 1') });
  });
});
