import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SECRET_DETECTORS } from '../../../src/core/content/detectors/built-in.ts';
import { redactJson } from '../../../src/core/content/redact-json.ts';
import { TOKEN_CHARS_MIN, traitsOf } from '../../../src/core/content/text-traits.ts';

describe('traitsOf', () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom(':', '=', '>', '@', '7', '%', '\\', '&', 'é', '\u007f', '\u0001', ' ', '\n'),
    fc.integer({ min: 1, max: 2 * TOKEN_CHARS_MIN }).map((length) => 'a'.repeat(length)),
  );

  it('tells of a long text what it tells of its short parts', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        // Blanks add no trait and end every run, so the parts together have the traits of the whole.
        const parts = pieces.flatMap((text) => text.match(/[^]{1,60}/g) ?? []);
        const whole = `${parts.join(' ')}${' '.repeat(65)}`;
        const expected = parts.reduce((traits, part) => traits | traitsOf(part), 0);
        expect(traitsOf(whole)).toBe(expected);
      }),
    );
  });

  it.each([TOKEN_CHARS_MIN - 1, TOKEN_CHARS_MIN])('finds a run of %i characters at any place', (length) => {
    const run = 'k'.repeat(length);
    for (let before = 0; before < 2 * TOKEN_CHARS_MIN; before += 1) {
      const text = `${' '.repeat(before)}${run}${' '.repeat(80 - before)}`;
      expect(traitsOf(text) === 0, `behind ${before} blanks`).toBe(length < TOKEN_CHARS_MIN);
    }
  });
});

describe('redactJson', () => {
  const token = `ghp_${'16C7e42F292c6912E7710c838347Ae178B4a'}`;

  it.each([
    ['percent escapes', Array.from(token, (char) => `%${char.charCodeAt(0).toString(16)}`).join('')],
    ['HTML entities', Array.from(token, (char) => `&#${char.charCodeAt(0)};`).join('')],
  ])('finds a token of which every character is in %s', (_name, text) => {
    const { spans } = redactJson([Buffer.from(JSON.stringify({ text }))], SECRET_DETECTORS);
    expect(spans).toHaveLength(1);
  });
});
