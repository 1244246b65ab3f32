import { describe, expect, it } from 'vitest';
import { addressKey, createAttemptLimit } from '../../src/gateway/attempt-limit.ts';
import { createFixedClock } from '../support/fixed-clock.ts';

const OPTIONS = { attemptsMax: 3, forgivenAfterMs: 1000, keysMax: 10 };

describe('a limit of attempts', () => {
  it('lets so many through, and forgives them in time', () => {
    const clock = createFixedClock();
    const limit = createAttemptLimit(clock, OPTIONS);
    expect([1, 2, 3, 4].map(() => limit.count('olivia'))).toEqual([false, false, false, true]);
    clock.advance(1000);
    expect([1, 2].map(() => limit.count('olivia'))).toEqual([false, true]);
    limit.forget('olivia');
    expect(limit.count('olivia')).toBe(false);
  });

  it('does not forget who guesses for a flood of others', () => {
    const limit = createAttemptLimit(createFixedClock(), OPTIONS);
    for (let round = 0; round < 3; round++) limit.count('olivia');
    for (let other = 0; other < 1000; other++) limit.count(`nobody ${other}`);
    expect(limit.count('olivia')).toBe(true);
  });
});

describe('addressKey', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '::ffff:192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::9', '2001:db8:1:2'],
    ['2001:db8::9', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
  ])('of %s is %s', (address, key) => {
    expect(addressKey(address)).toBe(key);
  });
});
