import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Answer, createAnswerReader } from '../../bench/load/answer-reader.ts';

const PROGRESS = 'event: message\ndata: {"method":"notifications/progress"}\n\n';
const RESULT = 'data: {"id":1,"result":{}}\n\n';

const LENGTH = answerText('Content-Length: 13', '{"id":1,"n":2}'.slice(0, 13));
const CHUNKED = answerText('Transfer-Encoding: chunked', `${chunk('{"id":')}${chunk('1}')}0\r\n\r\n`);
const EVENTS = answerText(
  'Content-Type: text/event-stream\r\nTransfer-Encoding: chunked',
  `${chunk(': keep-alive\n\n')}${chunk('id: 1\ndata: \n\n')}${chunk(PROGRESS)}${chunk(RESULT)}0\r\n\r\n`,
);

describe('createAnswerReader', () => {
  it.each([
    ['a length', LENGTH, '{"id":1,"n":2'],
    ['chunks', CHUNKED, '{"id":1}'],
    ['chunks of events', EVENTS, `: keep-alive\n\nid: 1\ndata: \n\n${PROGRESS}${RESULT}`],
    ['a length after 100 Continue', `HTTP/1.1 100 Continue\r\n\r\n${LENGTH}`, '{"id":1,"n":2'],
    ['no body', 'HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n', ''],
  ])('reads an answer with %s, wherever it is cut', (_name, text, body) => {
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 6 }), (cuts) => {
        const pieces = cut(text, cuts);
        const answers = readAll(pieces);
        expect(answers.map((answer) => Buffer.concat(answer.body).toString())).toEqual([body]);
      }),
    );
  });

  it('reads one answer after another', () => {
    expect(readAll([LENGTH, CHUNKED, LENGTH])).toHaveLength(3);
  });

  it('takes the first event with content for the first: no comment, and no empty event', () => {
    const pieces = EVENTS.split(/(?=: keep|id: 1|event:|data: \{"id")/);
    let clock = 0;
    const reader = createAnswerReader(() => clock);
    const answers = pieces.map((piece) => {
      clock += 1;
      return reader.read(Buffer.from(piece));
    });
    const withProgress = pieces.findIndex((piece) => piece.includes('progress')) + 1;
    expect(answers.at(-1)).toMatchObject({ firstEventMs: withProgress, isEventStream: true });
  });

  it('ends an answer without a length with its connection', () => {
    const reader = createAnswerReader(() => 0);
    expect(reader.read(Buffer.from('HTTP/1.1 502 Bad Gateway\r\n\r\nout of or'))).toBeNull();
    expect(reader.read(Buffer.from('der'))).toBeNull();
    expect(reader.end()).toMatchObject({ status: 502, closes: true });
  });

  it('does not take a half answer for a whole one when the connection ends', () => {
    const reader = createAnswerReader(() => 0);
    reader.read(Buffer.from(LENGTH.slice(0, -1)));
    expect(reader.end()).toBeNull();
  });

  it('says when the connection must not be used again', () => {
    expect(readAll([answerText('Connection: close\r\nContent-Length: 2', 'no')])).toMatchObject([{ closes: true }]);
    expect(readAll([LENGTH])).toMatchObject([{ closes: false }]);
  });

  it('throws on a chunk that has no size', () => {
    expect(() => readAll([answerText('Transfer-Encoding: chunked', 'zz\r\n')])).toThrow('not a chunk size: zz');
  });
});

function answerText(headers: string, body: string): string {
  return `HTTP/1.1 200 OK\r\n${headers}\r\n\r\n${body}`;
}

function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

function cut(text: string, cuts: readonly number[]): string[] {
  const places = [0, ...cuts.toSorted((a, b) => a - b), text.length];
  return places.slice(1).map((end, n) => text.slice(places[n], end));
}

function readAll(pieces: readonly string[]): Answer[] {
  const reader = createAnswerReader(() => 0);
  return pieces.map((piece) => reader.read(Buffer.from(piece))).filter((answer) => answer !== null);
}
