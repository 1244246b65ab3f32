import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { checkFiles } from '../../src/cli/check.ts';
import type { Json } from '../../src/core/json/value.ts';
import type { Problem } from '../../src/core/problem.ts';
import { NOW_MS } from './policy.ts';

/** One credential for everybody at `crm`, and none at `mail`. */
const CONFIG = `version: 1
upstreams:
  crm: { url: "https://crm.example.com/mcp", credentials: { kind: header, name: x-token, value: abcdefgh, shared: true } }
environments: { prod: {}, staging: {} }
`;

const CLASSES = 'classes: { read: [get_deal, list_deals], write: [update_deal], never: [delete_*] }';

export const TOOLS: readonly Json[] = [
  tool('get_deal', { id: { type: 'string' } }),
  tool('list_deals', { tenant_id: { type: 'string' }, filter: { properties: { owner: { type: 'string' } } } }),
  tool('update_deal', { amount: { type: 'number', default: 0 } }),
  tool('delete_deal', { user_id: { type: 'string' } }),
];

export function tool(name: string, properties: Record<string, Json>): Json {
  return { name, inputSchema: { type: 'object', properties } };
}

export interface Checked {
  /** Line 4 is the first rule. */
  readonly rules: readonly string[];
  readonly classes?: string;
  readonly tools?: readonly Json[];
}

/** What `check` says of a policy of these rules; all of it warnings. */
export async function check({
  rules,
  classes = CLASSES,
  tools = [],
}: Checked): Promise<readonly Omit<Problem, 'severity'>[]> {
  const policy = ['version: 1', 'upstream: crm', `${classes}\nrules:`, ...rules.map((rule) => `  - ${rule}`)].join(
    '\n',
  );
  const dir = mkdtempSync(join(tmpdir(), 'countersign-lint-'));
  const policies = join(dir, 'policies');
  mkdirSync(policies);
  writeFileSync(join(policies, 'crm.yaml'), `${policy}\n`, { mode: 0o644 });
  const config = join(dir, 'countersign.yml');
  writeFileSync(config, CONFIG, { mode: 0o644 });
  const named = new Map(tools.length === 0 ? [] : [['crm', tools]]);
  const { output } = await checkFiles({ config, dir: policies, tools: named, nowMs: NOW_MS, json: true, color: false });
  rmSync(dir, { recursive: true });
  const { problems } = JSON.parse(output) as { readonly problems: readonly Problem[] };
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return problems.map(({ severity: _, ...problem }) => problem);
}

export function rule(tools: string, rest: string): string {
  return `{ id: x, who: { groups: [sales] }, tools: ${tools}, ${rest} }`;
}
