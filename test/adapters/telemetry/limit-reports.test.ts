import { describe, expect, it } from 'vitest';
import { limitReports } from '../../../src/adapters/telemetry/limit-reports.ts';
import { createFixedClock } from '../../support/fixed-clock.ts';

function start() {
  const clock = createFixedClock();
  const lines: string[] = [];
  const report = limitReports(({ problem }) => lines.push(problem), clock);
  const repeat = (problem: string, times: number): void => {
    for (let time = 0; time < times; time += 1) report({ callId: null, problem });
  };
  return { clock, lines, repeat };
}

describe('the log for operators', () => {
  it('says the same ten times a second, and then how often it would have', () => {
    const { clock, lines, repeat } = start();
    repeat('the disk is full', 1000);
    expect(lines).toEqual(Array.from({ length: 10 }, () => 'the disk is full'));
    clock.advance(1000);
    repeat('something else', 1);
    expect(lines.slice(10)).toEqual(['990 more of: the disk is full', 'something else']);
  });

  it('says other things meanwhile', () => {
    const { lines, repeat } = start();
    repeat('the disk is full', 1000);
    repeat('a kill switch could not be stored', 1);
    expect(lines.at(-1)).toBe('a kill switch could not be stored');
  });

  it('takes problems that are all worded differently for one after a while', () => {
    const { clock, lines, repeat } = start();
    for (let number = 0; number < 1000; number += 1) repeat(`the upstream asked for ${number}`, 1);
    expect(lines).toHaveLength(60);
    clock.advance(1000);
    repeat('something else', 1);
    expect(lines.slice(60)).toEqual(['940 more of: other problems', 'something else']);
  });
});
