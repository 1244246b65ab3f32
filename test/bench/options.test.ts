import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../bench/options.ts';

describe('parseOptions', () => {
  it('measures everything when nothing is said', () => {
    expect(parseOptions([])).toEqual({
      ok: true,
      value: {
        json: false,
        check: false,
        help: false,
        quick: false,
        rounds: 5,
        durationMs: 3000,
        era: 'modern',
        cases: ['max32', 'open500', 'result1mb', 'sse'],
        parts: [],
        targets: ['direct', 'nginx', 'mcp-proxy', 'countersign'],
      },
    });
  });

  it.each([
    [['--quick'], { rounds: 3, durationMs: 1000 }],
    [['--quick', '--rounds', '1'], { rounds: 1, durationMs: 1000 }],
    [['--duration', '0.5'], { durationMs: 500 }],
    [['--json', '--check'], { json: true, check: true }],
    [['--era', 'legacy'], { era: 'legacy' }],
    // In the order of the table, whatever the order of the arguments.
    [['--case', 'sse', '--case', 'max32'], { cases: ['max32', 'sse'], parts: [] }],
    [['--case', 'json'], { cases: [], parts: ['json'] }],
    [['--target', 'countersign', '--target', 'nginx'], { targets: ['nginx', 'countersign'] }],
  ])('reads %j', (argv, expected) => {
    expect(parseOptions(argv)).toMatchObject({ ok: true, value: expected });
  });

  it.each([
    [['--rounds', '0'], ['--rounds: a number above 0 is needed; got "0"']],
    [['--rounds', '1.5'], ['--rounds: a whole number is needed; got 1.5']],
    [['--duration', 'Infinity'], ['--duration: a number above 0 is needed; got "Infinity"']],
    [
      ['--case', 'max64', '--era', 'old'],
      [
        '--case: one of max32, open500, result1mb, sse, json, content, policy, store, streams, approvals, lists is needed; got "max64"',
        '--era: one of modern, legacy is needed; got "old"',
      ],
    ],
    [
      ['--json', '--case', 'store'],
      ['--json: json, content, policy, store, streams, approvals, lists have tables only'],
    ],
  ])('refuses %j and says everything that is wrong', (argv, problems) => {
    expect(parseOptions(argv)).toEqual({ ok: false, error: problems });
  });

  it('refuses an option that it does not know', () => {
    expect(parseOptions(['--quik'])).toMatchObject({ ok: false, error: [expect.stringContaining('--quik')] });
  });
});
