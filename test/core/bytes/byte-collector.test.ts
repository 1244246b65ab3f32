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

  it('keeps the two ends of what is cut, wherever that happens, and then all again', () => {
    const whole = Buffer.from(Array.from({ length: 3_000 }, (_, index) => index % 251));
    const ends = Buffer.concat([whole.subarray(0, 512), whole.subarray(-512)]);
    const sizes = fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 4, maxLength: 30 });
    fc.assert(
      fc.property(sizes, fc.nat(29), (lengths, cutAt) => {
        const collector = createByteCollector(4_000);
        let at = 0;
        for (let n = 0; at < whole.length; n++) {
          if (n === cutAt % lengths.length) collector.cut();
          const end = at + (lengths[n] ?? whole.length);
          expect(collector.add(whole.subarray(at, end))).toBe(true);
          at = end;
        }
        collector.cut();
        expect(collector.size()).toBe(1_024);
        expect(Buffer.from(collector.take())).toEqual(ends);
        expect(collector.add(Buffer.alloc(4_001))).toBe(false);
        expect(collector.add(whole)).toBe(true);
        expect(Buffer.from(collector.take())).toEqual(whole);
      }),
    );
  });

  it('leaves nothing out of what is short, and has no limit for what is cut', () => {
    const collector = createByteCollector(100);
    collector.add(Buffer.from('abc'));
    collector.cut();
    collector.add(Buffer.from('def'));
    expect(Buffer.from(collector.take()).toString()).toBe('abcdef');
    collector.cut();
    expect(collector.add(Buffer.alloc(1_000))).toBe(true);
  });
});
