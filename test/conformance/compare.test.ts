import { expect, it } from 'vitest';
import { compareRuns, findStale } from './compare.ts';
import type { KnownDifference } from './known-differences.ts';
import type { Check, CheckStatus, SuiteRun } from './run-suite.ts';

function run(statuses: Readonly<Record<string, CheckStatus>>): SuiteRun {
  const checks = Object.entries(statuses).map(([id, status]): [string, Check] => [
    `tools:${id}`,
    { scenario: 'tools', id, status, message: '' },
  ]);
  return { checks: new Map(checks), passed: 0, output: '' };
}

const place = { upstream: 'http-legacy', revision: '2025-11-25' } as const;
const direct = run({ list: 'SUCCESS', call: 'SUCCESS', tasks: 'FAILURE', extra: 'INFO' });
const known: KnownDifference = {
  revision: '2025-11-25',
  scenario: 'tools',
  checks: ['call'],
  upstreams: ['http-legacy'],
  reason: 'a reason',
};

it.each<readonly [sentence: string, through: Readonly<Record<string, CheckStatus>>, worse: readonly string[]]>([
  ['nothing is worse where all is the same', { list: 'SUCCESS', call: 'SUCCESS', tasks: 'FAILURE' }, []],
  ['nothing is worse that merely does not apply', { list: 'INFO', call: 'SUCCESS' }, []],
  ['a failure is', { list: 'FAILURE', call: 'SUCCESS' }, ['list FAILURE']],
  ['a warning is', { list: 'WARNING', call: 'SUCCESS' }, ['list WARNING']],
  ['a check that was left out is', { list: 'SKIPPED', call: 'SUCCESS' }, ['list SKIPPED']],
  ['a check that never came is', { list: 'SUCCESS' }, ['call absent']],
])('%s', (_sentence, through, worse) => {
  const { differences } = compareRuns({ ...place, direct, through: run(through) }, []);
  expect(differences.map(({ check, status }) => `${check} ${status}`)).toEqual(worse);
});

it('a difference that is listed is known, and no other check, upstream or revision is with it', () => {
  const through = run({ list: 'FAILURE', call: 'FAILURE' });
  const knownOf = (upstream: string, revision: '2025-11-25' | '2026-07-28'): readonly string[] =>
    compareRuns({ upstream, revision, direct, through }, [known])
      .differences.filter((difference) => difference.known !== null)
      .map(({ check }) => check);
  expect(knownOf('http-legacy', '2025-11-25')).toEqual(['call']);
  expect(knownOf('http-modern', '2025-11-25')).toEqual([]);
  expect(knownOf('http-legacy', '2026-07-28')).toEqual([]);
});

it('an entry that is needed no longer is found', () => {
  const green = compareRuns({ ...place, direct, through: direct }, [known]);
  const red = compareRuns({ ...place, direct, through: run({ list: 'SUCCESS' }) }, [known]);
  expect(findStale([known], [red])).toEqual([]);
  expect(findStale([known], [green])).toEqual([[known, 'http-legacy']]);
});
