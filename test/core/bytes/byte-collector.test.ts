import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createByteCollector } from '../../../src/core/bytes/byte-collector.ts';

describe('byte collector', () => {
  it('gives back what was added, whatever the pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 60 }), (pieces) => {
        const collector = createByteCollector(10_000);
        for (const piece of pieces) expect(collector.add(piece)).toBe(true);
        const whole = Buffer.concat(pieces);
        expect(collector.size()).toBe(whole.length);
        expect(Buffer.from(collector.take())).toEqual(whole);
        expect(collector.size()).toBe(0);
        expect(collector.take()).toHaveLength(0);
      }),
    );
  });

  it('does not copy a single piece', () => {
    const collector = createByteCollector(10);
    const piece = Buffer.from('abc');
    collector.add(piece);
    expect(collector.take()).toBe(piece);
  });

  it('takes exactly the limit and refuses one byte more, keeping what it has', () => {
    const collector = createByteCollector(4);
    expect(collector.add(Buffer.from('abcd'))).toBe(true);
    expect(collector.add(Buffer.from('e'))).toBe(false);
    expect(Buffer.from(collector.take()).toString()).toBe('abcd');
    expect(collector.add(Buffer.from('e'))).toBe(true);
  });

  it('survives two hundred thousand single bytes', () => {
    const collector = createByteCollector(1_000_000);
    for (let i = 0; i < 200_000; i++) collector.add(Uint8Array.of(i & 0xff));
    const whole = collector.take();
    expect(whole).toHaveLength(200_000);
    expect(whole[123_456]).toBe(123_456 & 0xff);
  });
});
