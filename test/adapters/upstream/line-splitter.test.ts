import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLineSplitter } from '../../../src/adapters/upstream/stdio/line-splitter.ts';

function split(chunks: readonly Uint8Array[], lineBytesMax = 1_000): { lines: string[]; tooLong: boolean } {
  const splitter = createLineSplitter(lineBytesMax);
  const pushed = chunks.map((chunk) => splitter.push(chunk));
  return {
    lines: pushed.flatMap(({ lines }) => lines.map((line) => Buffer.from(line).toString())),
    tooLong: pushed.at(-1)?.tooLong ?? false,
  };
}

describe('line splitter', () => {
  it.each<readonly [sentence: string, text: string, lines: readonly string[]]>([
    ['lines end in LF', 'a\nb\n', ['a', 'b']],
    ['lines end in CR LF', 'a\r\nb\r\n', ['a', 'b']],
    ['CR alone ends none', 'a\rb\n', ['a\rb']],
    ['one CR before LF is dropped, no more', 'a\r\r\n', ['a\r']],
    ['empty lines are none', '\n\r\n\n', []],
    ['what has no end is no line yet', 'a\nb', ['a']],
    ['Unicode’s other line ends are none', 'a\u2028b\u0085c\u000bd\n', ['a\u2028b\u0085c\u000bd']],
  ])('%s', (_sentence, text, lines) => {
    expect(split([Buffer.from(text)])).toEqual({ lines, tooLong: false });
  });

  it('gives the same lines wherever the chunks are cut', () => {
    const text = fc.array(fc.constantFrom('a', '\n', '\r\n', '\r', 'é'), { maxLength: 30 });
    fc.assert(
      fc.property(text, fc.array(fc.nat(40), { maxLength: 6 }), (pieces, cuts) => {
        const bytes = Buffer.from(pieces.join(''));
        const at = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
        expect(split(at.slice(1).map((end, i) => bytes.subarray(at[i], end)))).toEqual(split([bytes]));
      }),
    );
  });

  it.each([
    ['one that ends', `${'x'.repeat(11)}\nb\n`],
    ['one that does not end', 'x'.repeat(11)],
  ])('stops at the limit of a line: %s', (_sentence, text) => {
    expect(split([Buffer.from(`ok\n${text}`)], 10)).toEqual({ lines: ['ok'], tooLong: true });
    expect(
      split(
        [...Buffer.from(`ok\n${text}\nmore\n`)].map((byte) => Buffer.of(byte)),
        10,
      ),
    ).toEqual({ lines: ['ok'], tooLong: true });
  });

  it('takes a line of exactly the limit', () => {
    expect(split([Buffer.from('0123456789\n0123456789\n')], 10).lines).toHaveLength(2);
  });

  it('keeps the ends of a line that is cut, and the lines after it whole', () => {
    const splitter = createLineSplitter(4_000);
    splitter.push(Buffer.from(`ok\n${'x'.repeat(3_000)}`));
    expect(splitter.heldBytes()).toBe(3_000);
    splitter.cut();
    expect(splitter.heldBytes()).toBe(512 + 512);
    const { lines, cutLine, tooLong } = splitter.push(Buffer.from(`${'y'.repeat(5_000)}\r\nnext\nmore`));
    expect([lines.map((line) => Buffer.from(line).toString()), tooLong]).toEqual([['next'], false]);
    expect(Buffer.from(cutLine ?? []).toString()).toBe('x'.repeat(512) + 'y'.repeat(511));
    expect([splitter.heldBytes(), splitter.push(Buffer.from('\n')).cutLine]).toEqual([4, null]);
  });
});
