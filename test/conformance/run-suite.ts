import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT } from '../support/project-files.ts';
import { runProgram } from '../support/start-process.ts';

/** The revisions whose requirements the suite has frozen, each of which it runs at its own wire. */
export const REVISIONS = ['2025-11-25', '2026-07-28'] as const;
export type Revision = (typeof REVISIONS)[number];

export type CheckStatus = 'SUCCESS' | 'INFO' | 'SKIPPED' | 'WARNING' | 'FAILURE';

export interface Check {
  readonly scenario: string;
  readonly id: string;
  /** The most severe, where a scenario reports a check more than once. */
  readonly status: CheckStatus;
  readonly message: string;
}

/** What the suite found at one address, by scenario and check. */
export interface SuiteRun {
  readonly checks: ReadonlyMap<string, Check>;
  /** What it counts itself: a check as often as it was reported. */
  readonly passed: number;
  readonly output: string;
}

const PACKAGE = join(PROJECT, 'node_modules/@modelcontextprotocol/conformance');

const SEVERITY: readonly CheckStatus[] = ['SUCCESS', 'INFO', 'SKIPPED', 'WARNING', 'FAILURE'];

/** Everything that the suite has for servers of a revision, scored and not. */
export async function runSuite(url: string, revision: Revision): Promise<SuiteRun> {
  const dir = mkdtempSync(join(tmpdir(), 'countersign-conformance-'));
  try {
    const options = ['--url', url, '--requirements', revision, '--output-dir', dir];
    const { stdout, stderr } = await runProgram(
      [process.execPath, join(PACKAGE, 'dist/index.js'), 'server', ...options],
      { cwd: dir },
    );
    const output = `${stdout}${stderr}`;
    const checks = readChecks(dir);
    if (checks.size === 0) throw new Error(`the conformance suite reported nothing\n${output}`);
    return { checks, passed: Number(/^Total: (\d+) passed/m.exec(output)?.[1] ?? 0), output };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** The scenarios that decide whether a server conforms; the others are run and reported all the same. */
export function readScored(revision: Revision): ReadonlySet<string> {
  const text = readFileSync(join(PACKAGE, 'requirements', `${revision}.yaml`), 'utf8');
  const [, list = ''] = /^server:\n((?:[ #].*\n|\n)*)/m.exec(text) ?? [];
  return new Set([...list.matchAll(/^ +- ([\w-]+)/gm)].map(([, scenario = '']) => scenario));
}

function readChecks(dir: string): ReadonlyMap<string, Check> {
  const checks = new Map<string, Check>();
  for (const folder of readdirSync(dir)) {
    const [, scenario = folder] = /^server-(.*)-\d{4}-\d\d-\d\dT[\d-]+Z$/.exec(folder) ?? [];
    const found = JSON.parse(readFileSync(join(dir, folder, 'checks.json'), 'utf8')) as readonly ReportedCheck[];
    for (const { id, status, errorMessage = '' } of found) {
      const key = `${scenario}:${id}`;
      const before = checks.get(key);
      if (before !== undefined && SEVERITY.indexOf(before.status) >= SEVERITY.indexOf(status)) continue;
      checks.set(key, { scenario, id, status, message: errorMessage });
    }
  }
  return checks;
}

interface ReportedCheck {
  readonly id: string;
  readonly status: CheckStatus;
  readonly errorMessage?: string;
}
