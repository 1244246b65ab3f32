import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createKnownSecrets } from '../../src/core/content/redact-arguments.ts';
import { createUninvited } from '../../src/gateway/uninvited.ts';
import { createFixedClock } from '../support/fixed-clock.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { readEntries } from '../support/store-rig.ts';

function createWorld() {
  const { audit, failWith } = createMemoryStore();
  const reports: string[] = [];
  const uninvited = createUninvited({
    audit,
    clock: createFixedClock(),
    knownSecrets: createKnownSecrets(['canary-secret']),
    report: ({ problem }) => void reports.push(problem),
  });
  const recorded = async () =>
    (await readEntries(audit)).map(({ upstream, method, count }) => [upstream, method, count]);
  return { uninvited, reports, failWith, recorded };
}

describe('requests that an upstream sends without having been offered them', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('have an entry each, up to ten within a minute of one upstream; the others one together', async () => {
    const { uninvited, recorded } = createWorld();
    for (let n = 0; n < 25; n += 1) uninvited.note('crm', 'roots/list');
    uninvited.note('wiki', 'sampling/createMessage');
    const ten = Array.from({ length: 10 }, () => ['crm', 'roots/list', 1]);
    await vi.advanceTimersByTimeAsync(59_000);
    expect(await recorded()).toEqual([...ten, ['wiki', 'sampling/createMessage', 1]]);
    await vi.advanceTimersByTimeAsync(1000);
    expect((await recorded()).slice(11)).toEqual([['crm', null, 15]]);
    uninvited.note('crm', 'roots/list');
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await recorded()).slice(12)).toEqual([['crm', 'roots/list', 1]]);
  });

  it('lose none that was counted when the gateway stops', async () => {
    const { uninvited, recorded } = createWorld();
    for (let n = 0; n < 12; n += 1) uninvited.note('crm', 'roots/list');
    await uninvited.close();
    expect((await recorded()).at(-1)).toEqual(['crm', null, 2]);
  });

  it('are recorded without secrets, and cut', async () => {
    const { uninvited, recorded } = createWorld();
    uninvited.note('crm', 'canary-secret\u202e');
    uninvited.note('crm', 'x'.repeat(5000));
    await uninvited.close();
    const [[, first], [, second]] = (await recorded()) as [[string, string], [string, string]];
    expect(first).toBe('[redacted:credential]\\u{202e}');
    expect(second).toBe(`${'x'.repeat(100)}…`);
  });

  it('are told to the operator where they cannot be recorded', async () => {
    const { uninvited, reports, failWith } = createWorld();
    failWith('the disk is full');
    uninvited.note('crm', 'roots/list');
    await uninvited.close();
    await vi.advanceTimersByTimeAsync(0);
    expect(reports).toEqual(['a request of crm could not be recorded']);
  });
});
