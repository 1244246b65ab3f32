import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeError, encodeResultBytes } from '../../../src/core/mcp/encode-answer.ts';

function spliced(pieces: readonly string[], era: 'legacy' | 'modern', id: string | number = 1): unknown {
  const bytes = encodeResultBytes(
    id,
    pieces.map((piece) => Buffer.from(piece)),
    era,
  );
  return JSON.parse(Buffer.concat(bytes).toString());
}

describe('encodeResultBytes', () => {
  it.each<[string, readonly string[], object]>([
    ['one piece', ['{"content":[]}'], { content: [] }],
    ['nothing in it', ['{}'], {}],
    ['blanks', [' {\t }'], {}],
    ['a brace alone in the first piece', ['{', '"content":[]', '}'], { content: [] }],
    ['empty pieces', ['', '{', '', '}', ''], {}],
    ['blanks before the first member', ['{  ', ' "a":1}'], { a: 1 }],
    ['text outside ASCII', ['{"a":"é世😀"}'], { a: 'é世😀' }],
  ])('keeps a result with %s', (_sentence, pieces, result) => {
    expect(spliced(pieces, 'legacy')).toEqual({ jsonrpc: '2.0', id: 1, result });
    expect(spliced(pieces, 'modern')).toEqual({ jsonrpc: '2.0', id: 1, result: { resultType: 'complete', ...result } });
  });

  it('keeps every result, however it is cut', () => {
    const results = fc
      .dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue())
      .filter((value) => !('resultType' in value));
    fc.assert(
      fc.property(results, fc.array(fc.nat(200)), fc.string({ minLength: 1, unit: 'grapheme' }), (result, cuts, id) => {
        const bytes = Buffer.from(JSON.stringify(result));
        const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
        const pieces = places.slice(1).map((end, at) => bytes.subarray(places[at], end));
        const answer = JSON.parse(Buffer.concat(encodeResultBytes(id, pieces, 'modern')).toString()) as unknown;
        const expected = JSON.parse(JSON.stringify({ resultType: 'complete', ...result })) as unknown;
        expect(answer).toEqual({ jsonrpc: '2.0', id, result: expected });
      }),
    );
  });

  it.each([[[]], [['[]']], [['{']], [['']]])('throws for %j, which is no result', (pieces) => {
    expect(() => spliced(pieces, 'legacy')).toThrow('a result');
  });
});

it('an error without an id has none, and not null', () => {
  expect(JSON.parse(encodeError(null, { code: 1, message: 'm', data: null }))).toEqual({
    jsonrpc: '2.0',
    error: { code: 1, message: 'm' },
  });
});
