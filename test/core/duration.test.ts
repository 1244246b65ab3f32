import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../src/core/duration.ts';

describe('parseDuration', () => {
  it.each([
    ['1ms', 1],
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['1h', 3_600_000],
    ['30d', 2_592_000_000],
    ['36500d', 3_153_600_000_000],
  ])('reads %s', (text, ms) => {
    expect(parseDuration(text)).toEqual({ ok: true, value: ms });
    expect(formatDuration(ms)).toBe(text);
  });

  it.each([
    '',
    '0s',
    '-1s',
    '1',
    's',
    '1.5h',
    '1h30m',
    ' 1h',
    '1h ',
    '1H',
    '01h',
    '1e3s',
    '٣h',
    '1h\n',
    '36501d',
    '999999999999999d',
  ])('refuses %j', (text) => {
    expect(parseDuration(text).ok).toBe(false);
  });
});
