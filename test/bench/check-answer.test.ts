import { describe, expect, it } from 'vitest';
import type { Answer } from '../../bench/load/answer-reader.ts';
import { checkAnswer } from '../../bench/load/check-answer.ts';

describe('checkAnswer', () => {
  it.each([
    ['a plain answer', result(7, 'n7|xxxxxxx')],
    [
      'an event stream whose last message is the answer',
      events('{"method":"notifications/progress"}', result(7, 'n7|xxxxxxx')),
    ],
  ])('accepts %s', (_name, body) => {
    expect(checkAnswer(answer(body), 7, 10)).toBeNull();
  });

  it.each([
    ['the answer to another call', result(8, 'n8|xxxxxxx'), 'the answer to call 7 has id 8'],
    ['the text of another call', result(7, 'n8|xxxxxxx'), 'has the text of another'],
    ['a nonce that only begins alike', result(7, 'n77|xxxxxx'), 'has the text of another'],
    ['a text that is cut', result(7, 'n7|xxxxxx'), '9 characters instead of 10'],
    ['an error', '{"jsonrpc":"2.0","id":7,"error":{"code":-32603,"message":"no"}}', 'no text in the answer'],
    ['half of it', result(7, 'n7|xxxxxxx').slice(0, -3), 'not JSON'],
    ['a stream without the answer', events('{"method":"notifications/progress"}'), 'not JSON'],
  ])('finds %s', (_name, body, problem) => {
    expect(checkAnswer(answer(body), 7, 10)).toContain(problem);
  });
});

function result(id: number, text: string): string {
  return JSON.stringify({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }], isError: false } });
}

function events(...messages: readonly string[]): string {
  return messages.map((message) => `event: message\ndata: ${message}\n\n`).join('');
}

function answer(body: string): Answer {
  const half = Math.floor(body.length / 2);
  return {
    status: 200,
    head: '',
    body: [Buffer.from(body.slice(0, half)), Buffer.from(body.slice(half))],
    isEventStream: body.startsWith('event:'),
    closes: false,
    firstEventMs: null,
  };
}
