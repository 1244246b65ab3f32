import { describe, expect, it } from 'vitest';
import { createProgressGate } from '../../../src/adapters/upstream/progress-gate.ts';
import type { JsonObject } from '../../../src/core/json/value.ts';
import type { UpstreamProgress } from '../../../src/ports/upstream.ts';
import { createFixedClock } from '../../support/fixed-clock.ts';

function open(): { send: (params: JsonObject | null) => void; wait: (ms: number) => void; seen: UpstreamProgress[] } {
  const clock = createFixedClock();
  const seen: UpstreamProgress[] = [];
  const send = createProgressGate({ clock, token: 7, onProgress: (progress) => void seen.push(progress) }, 10);
  return { send, wait: clock.advance, seen };
}

describe('progress gate', () => {
  it.each<readonly [sentence: string, params: JsonObject | null]>([
    ['no params', null],
    ['no token', { progress: 1 }],
    ['the token of another call', { progressToken: 8, progress: 1 }],
    ['the token as text', { progressToken: '7', progress: 1 }],
    ['progress that is no number', { progressToken: 7, progress: '1' }],
    ['no progress', { progressToken: 7 }],
  ])('stops %s', (_sentence, params) => {
    const { send, seen } = open();
    send(params);
    expect(seen).toEqual([]);
  });

  it('passes what grows, and nothing that does not', () => {
    const { send, wait, seen } = open();
    for (const progress of [1, 1, 0, 2, 1.5, 2.5]) {
      send({ progressToken: 7, progress });
      wait(1000);
    }
    expect(seen.map(({ progress }) => progress)).toEqual([1, 2, 2.5]);
  });

  it('passes at once what a second may have, and then so many a second', () => {
    const { send, wait, seen } = open();
    for (let progress = 1; progress <= 50; progress++) send({ progressToken: 7, progress });
    expect(seen).toHaveLength(10);
    for (let progress = 51; progress <= 1050; progress++) {
      wait(10);
      send({ progressToken: 7, progress });
    }
    expect(seen).toHaveLength(110);
  });

  it('cuts long messages to whole characters, and drops what is of another type', () => {
    const { send, wait, seen } = open();
    send({ progressToken: 7, progress: 1, total: 'x', message: `${'x'.repeat(999)}😀` });
    wait(1000);
    send({ progressToken: 7, progress: 2, total: 5, message: 7 });
    expect(seen).toEqual([
      { progress: 1, total: null, message: `${'x'.repeat(999)}\ufffd` },
      { progress: 2, total: 5, message: null },
    ]);
  });
});
