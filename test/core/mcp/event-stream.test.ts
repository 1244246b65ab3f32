import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventStreamParser } from '../../../src/core/mcp/event-stream.ts';

type Event = readonly [type: string, data: string];

function parse(chunks: readonly Uint8Array[], eventBytesMax = 1_000_000): { events: Event[]; tooLarge: boolean } {
  const parser = createEventStreamParser(eventBytesMax);
  const events: Event[] = [];
  let tooLarge = false;
  for (const chunk of chunks) {
    const parsed = parser.push(chunk);
    for (const event of parsed.events) events.push([event.type, Buffer.from(event.data).toString('utf8')]);
    tooLarge = parsed.tooLarge;
  }
  return { events, tooLarge };
}

const TABLE: readonly (readonly [sentence: string, stream: string, events: readonly Event[]])[] = [
  ['one event ends at a blank line', 'data: a\n\n', [['message', 'a']]],
  [
    'lines end in CR alone',
    'data: a\r\rdata: b\r\r',
    [
      ['message', 'a'],
      ['message', 'b'],
    ],
  ],
  [
    'lines end in CRLF',
    'data: a\r\n\r\ndata: b\r\n\r\n',
    [
      ['message', 'a'],
      ['message', 'b'],
    ],
  ],
  ['line ends are mixed in one event', 'event: x\rdata: a\r\ndata: b\n\r', [['x', 'a\nb']]],
  [
    'LF CR is two line ends, so a blank line',
    'data: a\n\rdata: b\n\n',
    [
      ['message', 'a'],
      ['message', 'b'],
    ],
  ],
  ['a CRLF is one line end, not a line end and a blank line', 'data: a\r\ndata: b\r\n\r\n', [['message', 'a\nb']]],
  ['several data lines are joined by line feeds', 'data: a\ndata: b\ndata:c\n\n', [['message', 'a\nb\nc']]],
  [
    'one space after the colon is dropped, no more',
    'data:  a\n\ndata:\tb\n\n',
    [
      ['message', ' a'],
      ['message', '\tb'],
    ],
  ],
  ['a data line may lack the colon', 'data\n\n', [['message', '']]],
  ['two empty data lines make one line feed', 'data\ndata\n\n', [['message', '\n']]],
  ['an event without data is none, and its type is forgotten', 'event: x\n\ndata: a\n\n', [['message', 'a']]],
  ['an empty type means message', 'event:\ndata: a\n\n', [['message', 'a']]],
  ['the last type given counts', 'event: x\nevent: y\ndata: a\n\n', [['y', 'a']]],
  [
    'a type holds for one event only',
    'event: x\ndata: a\n\ndata: b\n\n',
    [
      ['x', 'a'],
      ['message', 'b'],
    ],
  ],
  ['comments are ignored, also inside an event', ': hi\ndata: a\n:data: b\n\n:\n\n', [['message', 'a']]],
  ['unknown fields are ignored', 'id: 1\nretry: 10\nfoo: x\ndata: a\n\n', [['message', 'a']]],
  ['field names match exactly', 'Data: a\n data: b\ndataX: c\ndat: d\ndata : e\n\n', []],
  ['a field name that only begins alike is another field', 'database: a\nevents: x\ndata: b\n\n', [['message', 'b']]],
  ['a colon in the value stays', 'data: a: b\n\n', [['message', 'a: b']]],
  ['one byte order mark at the start is skipped', '\ufeffdata: a\n\n', [['message', 'a']]],
  ['a second byte order mark makes another field name', '\ufeff\ufeffdata: a\n\n', []],
  ['a byte order mark later on is part of the field name', 'data: a\n\n\ufeffdata: b\n\n', [['message', 'a']]],
  ['an event that the end cuts off never happened', 'data: a\n\ndata: b\n', [['message', 'a']]],
  ['an unfinished line at the end never happened', 'data: a\n\ndata: b', [['message', 'a']]],
  ['blank lines alone are nothing', '\n\r\r\n\n', []],
  [
    'text inside JSON can not start an event',
    'data: {"t":"\\n\\ndata: x"}\n\n',
    [['message', '{"t":"\\n\\ndata: x"}']],
  ],
  [
    'other Unicode line ends are not line ends',
    'data: a\u2028\u0085\u000bb\n\n',
    [['message', 'a\u2028\u0085\u000bb']],
  ],
  ['a NUL is data like any other', 'data: a\u0000b\n\n', [['message', 'a\u0000b']]],
];

describe('event stream', () => {
  it.each(TABLE)('%s', (_sentence, stream, events) => {
    expect(parse([Buffer.from(stream)])).toEqual({ events, tooLarge: false });
  });

  it.each(TABLE)('byte by byte: %s', (_sentence, stream, events) => {
    const bytes = Buffer.from(stream);
    expect(parse([...bytes].map((byte) => Buffer.of(byte))).events).toEqual(events);
  });

  it.each([
    ['no id was given', 'data: a\n\n', null],
    ['the id counts once its event is over', 'id: 1\ndata: a\n', null],
    ['an event without data sets it, too', 'id: 1\n\n', '1'],
    ['it holds on until another is given', 'id: 1\n\ndata: a\n\n', '1'],
    ['an empty one takes it back', 'id: 1\n\nid\n\n', null],
    ['the last one of an event counts', 'id: 1\nid: 2\n\n', '2'],
    ['one with a NUL is none', 'id: 1\n\nid: a\u0000b\n\n', '1'],
    ['one that could not go into a header is none', 'id: 1\n\nid: é\n\n', '1'],
    ['one that is too long is none', `id: 1\n\nid: ${'x'.repeat(1025)}\n\n`, '1'],
    ['a name that begins alike is another field', 'idea: 1\nID: 2\n\n', null],
    ['CR ends its line', 'id: 7\r\r', '7'],
  ])('names the place to go on from: %s', (_sentence, stream, id) => {
    const parser = createEventStreamParser(10_000);
    for (const byte of Buffer.from(stream)) parser.push(Buffer.of(byte));
    expect(parser.lastEventId()).toBe(id);
  });

  it.each([
    ['digits are milliseconds', 'retry: 3000\n', 3000],
    ['anything else is not', 'retry: 1e3\nretry: -1\nretry: 1.5\nretry:\nretry\n', null],
    ['more digits than any wait has are not', `retry: ${'9'.repeat(16)}\n`, null],
    ['the last one counts', 'retry: 1\nretry: 2\nretry: x\n', 2],
  ])('hears how long to wait: %s', (_sentence, stream, ms) => {
    const parser = createEventStreamParser(10_000);
    parser.push(Buffer.from(stream));
    expect(parser.retryMs()).toBe(ms);
  });

  it('passes on bytes that are not UTF-8, for the reader of the data to refuse', () => {
    const parsed = createEventStreamParser(100).push(Buffer.from('646174613a20c0af0a0a', 'hex'));
    expect(Buffer.from(parsed.events[0]?.data ?? []).toString('hex')).toBe('c0af');
  });

  it('does not copy data that came in one chunk', () => {
    const chunk = Buffer.from('data: abc\n\n');
    const [event] = createEventStreamParser(100).push(chunk).events;
    expect(event?.data.buffer).toBe(chunk.buffer);
  });

  it('gives the same events wherever the chunks are cut', () => {
    const piece = fc.constantFrom(
      'data',
      'event',
      ': ',
      ':',
      ' ',
      '\n',
      '\r',
      '\r\n',
      '\n\n',
      'a',
      '\ufeff',
      'é',
      'id',
      '{"x":1}',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.array(fc.nat(60), { maxLength: 8 }), (pieces, cuts) => {
        const bytes = Buffer.from(pieces.join(''));
        const at = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
        const chunks = at.slice(1).map((end, i) => bytes.subarray(at[i], end));
        expect(parse(chunks)).toEqual(parse([bytes]));
      }),
      { numRuns: 500 },
    );
  });

  it('reads back what a writer wrote, whatever line ends it used', () => {
    const lineEnd = fc.constantFrom('\n', '\r', '\r\n');
    const text = fc.string({ unit: 'grapheme', maxLength: 20 }).map((s) => s.replace(/[\r\n]/g, ''));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.array(text, { minLength: 1, maxLength: 3 }), lineEnd), { maxLength: 6 }),
        (written) => {
          const stream = written
            .map(([lines, end]) => lines.map((line) => `data: ${line}${end}`).join('') + end)
            .join('');
          const events = written.map(([lines]) => ['message', lines.join('\n')]);
          expect(parse([Buffer.from(stream)]).events).toEqual(events);
        },
      ),
    );
  });

  it.each([
    ['one long line', `data: ${'x'.repeat(60)}\n\n`],
    ['one long line that never ends', 'x'.repeat(60)],
    ['a comment that never ends', `:${'x'.repeat(60)}`],
    ['many data lines', 'data: 12345678\n'.repeat(6)],
    ['many empty data lines', 'data\n'.repeat(60)],
    ['a long type', `event: ${'x'.repeat(60)}\n`],
  ])('stops at the limit of one event: %s', (_what, stream) => {
    const whole = Buffer.from(`data: first\n\n${stream}`);
    expect(parse([whole], 50)).toEqual({ events: [['message', 'first']], tooLarge: true });
    expect(
      parse(
        [...whole].map((byte) => Buffer.of(byte)),
        50,
      ),
    ).toEqual({ events: [['message', 'first']], tooLarge: true });
  });

  it('reads nothing after the limit was passed', () => {
    const parser = createEventStreamParser(20);
    parser.push(Buffer.from('x'.repeat(30)));
    expect(parser.push(Buffer.from('\n\ndata: a\n\n'))).toEqual({ events: [], tooLarge: true });
  });

  it('counts the limit for each event anew', () => {
    const stream = 'data: 1234567890\n\n'.repeat(100);
    expect(parse([Buffer.from(stream)], 20).events).toHaveLength(100);
  });

  it('takes time in proportion to the stream when lines end in one way only', () => {
    const bytes = Buffer.from('data: x\n\n'.repeat(400_000));
    const parser = createEventStreamParser(1000);
    expect(parser.push(bytes).events).toHaveLength(400_000);
  });

  it.each([
    ['one line', ['data: ', 'x'.repeat(3_000), 'y'.repeat(3_000), '\n\n']],
    ['many lines', ['data: x\n'.repeat(700), 'data: y\n'.repeat(700), '\n']],
    ['a line that has not begun', [`data: ${'x'.repeat(3_000)}\n`, `data: ${'y'.repeat(3_000)}`, '\n\n']],
  ])('keeps the ends of an event that is cut, and those after it whole: %s', (_how, pieces) => {
    const parser = createEventStreamParser(20_000);
    const cutAt = pieces.length - 2;
    for (const piece of pieces.slice(0, cutAt)) parser.push(Buffer.from(piece));
    expect(parser.heldBytes()).toBeGreaterThan(1_000);
    parser.cut();
    expect(parser.heldBytes()).toBeLessThanOrEqual(1_024);
    const events = pieces.slice(cutAt).flatMap((piece) => parser.push(Buffer.from(piece)).events);
    const [cut] = events;
    const data = Buffer.from(cut?.data ?? []).toString();
    expect([events.length, cut?.isCut, data.length <= 1_024]).toEqual([1, true, true]);
    expect([data.startsWith('x'), data.endsWith('y')]).toEqual([true, true]);
    const [next] = parser.push(Buffer.from(`data: ${'z'.repeat(3_000)}\n\n`)).events;
    expect([next?.data.length, next?.isCut, parser.heldBytes()]).toEqual([3_000, undefined, 0]);
  });
});
