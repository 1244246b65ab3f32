import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findMarks } from '../../../src/core/content/detectors/marks.ts';
import { takeRoom } from '../../../src/core/content/detectors/text-codes.ts';

/** In a room in which there was another text before, of words and control characters. */
const marksOf = (text: string) => {
  const room = takeRoom();
  room.codes.write('pwd\u{0}keyotp::jwt\u{7f}psk'.repeat(Math.ceil(text.length / 20) + 1), 'latin1');
  return findMarks(text, { withNumbers: true, room });
};
/** Texts in which there is much to find. */
const texts = fc
  .array(
    fc.oneof(
      fc.constantFrom('pass', 'KEY', 'sessiOn', 'secret', 'accesskey', 'redis-cli', 'token', ':', '::', 'f'),
      fc.constantFrom('pwd', 'jwt', 'otp', 'psk', 'oracle', 'redis-cl', 'credentia', 'valu', '\u{0}', '\u{7f}', '\n'),
      fc.constantFrom('1', '22', '.', '-', ' ', '1234567', 'é', 'ſ', 'Ł', '\u{1f511}', 'AKIA0000', '/'),
      fc.string({ maxLength: 5 }),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''));

const WORDS =
  /(?=(pass|pwd|secret|token|key|auth|cookie|session|credential|jwt|bearer|otp|connection|access|psk|value|mysql|mariadb|sshpass|redis-cli|identified|curl|oracle))/gi;
/** What ends no line and no word. */
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/;

const colonTexts = fc
  .array(fc.constantFrom('f', '0', '1a2b', ':', '::', 'x', ' '), { maxLength: 30 })
  .map((parts) => parts.join(''));

const numberTexts = fc
  .array(fc.constantFrom('1', '23', '.', '-', ' ', 'a'), { maxLength: 60 })
  .map((parts) => parts.join(''));

describe('the marks of a text', () => {
  it('are at every anchor word, in order', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const words = marksOf(text).words.filter(({ word }) => word !== '::');
        const expected = [...text.matchAll(WORDS)].map((found) => ({ word: found[1]?.toLowerCase(), at: found.index }));
        expect(words).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(WORDS.source.slice(4, -2).split('|'))('are at %s, at each place and at each end of a text', (word) => {
    const missed: string[] = [];
    for (let before = 0; before < 20; before += 1) {
      for (let after = 0; after < 20; after += 1) {
        for (const other of [' ', 'é', '\u{ff}', 'я', 's', 'K']) {
          const text = `${other.repeat(before)}${before % 3 === 0 ? word.toUpperCase() : word}${other.repeat(after)}`;
          if (!marksOf(text).words.some((mark) => mark.word === word && mark.at === before)) missed.push(text);
        }
      }
    }
    expect(missed).toEqual([]);
  });

  it('tell of control characters, wherever they are', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(marksOf(text).hasControls).toBe(CONTROL.test(text));
      }),
      { numRuns: 1000 },
    );
    for (let code = 0; code < 300; code += 1) {
      for (let length = 6; length < 24; length += 1) {
        const char = String.fromCharCode(code);
        const text = `${'x'.repeat((code + length) % length)}${char}`.padEnd(length, 'y');
        expect([code, length, marksOf(text).hasControls]).toEqual([code, length, CONTROL.test(char)]);
      }
    }
  });

  it('are at some of the colons that stand near each other', () => {
    fc.assert(
      fc.property(fc.oneof(texts, colonTexts), (text) => {
        const colons = marksOf(text).words.filter(({ word }) => word === '::');
        const near = [...text.matchAll(/[0-9A-Fa-f]:(?:[0-9A-Fa-f]{0,4}:){1,7}/g)];
        const unmarked = near.filter(
          ({ index, 0: found }) => !colons.some(({ at }) => at >= index && at < index + found.length),
        );
        expect(unmarked).toEqual([]);
      }),
    );
  });

  it('are at every run of characters of tokens', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const expectedRuns = [...text.matchAll(/[A-Za-z0-9_.~+/:=$!|-]{13,}/g)];
        expect(marksOf(text).runs).toEqual(
          expectedRuns.flatMap((found) => [found.index, found.index + found[0].length]),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('are at two runs of any length, at each place and at each end of a text', () => {
    const wrong: string[] = [];
    for (let first = 0; first < 60; first += 1) {
      for (let before = 0; before < 12; before += 1) {
        for (const second of [12, 13, 14, 15, 20]) {
          const end = before + first;
          const text = `${' '.repeat(before)}${'x'.repeat(first)} ${'y'.repeat(second)}${' '.repeat(first % 7)}`;
          const expected = [...(first < 13 ? [] : [before, end]), ...(second < 13 ? [] : [end + 1, end + 1 + second])];
          if (marksOf(text).runs.join() !== expected.join()) wrong.push(text);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('are at every long number', () => {
    fc.assert(
      fc.property(fc.oneof(texts, numberTexts), (text) => {
        const { numbers } = marksOf(text);
        const long = [...text.matchAll(/[0-9](?:[ .-]?[0-9])*/g)].filter(([number]) => number.length >= 7);
        expect(numbers.map(({ start, end }) => text.slice(start, end))).toEqual(long.map(([number]) => number));
        for (const { start, end, digits, stops, hyphens } of numbers) {
          const number = text.slice(start, end);
          const count = (sign: string) => number.split(sign).length - 1;
          expect([stops, hyphens]).toEqual([count('.'), count('-')]);
          expect(digits).toBe(number.replace(/[^0-9]/g, '').length);
        }
      }),
    );
  });

  it('are the same in a text too long for the shared room', () => {
    const text = `${'x '.repeat(60_000)}the Password: 4111 1111`;
    const { words, numbers, codes } = marksOf(text);
    expect(words).toEqual([{ word: 'pass', at: 120_004 }]);
    expect(numbers).toMatchObject([{ start: 120_014, digits: 8 }]);
    expect(codes.isAscii).toBe(true);
  });
});
