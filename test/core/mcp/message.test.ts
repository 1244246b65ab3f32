import { describe, expect, it } from 'vitest';
import { parseBody } from '../../../src/core/mcp/parse-body.ts';
import type { Message, MessageFault } from '../../../src/core/mcp/message.ts';
import type { Batch } from '../../../src/core/mcp/parse-batch.ts';
import type { Result } from '../../../src/core/result.ts';

const CALL = '"jsonrpc":"2.0","id":1,"method":"tools/call"';

function parse(text: string): Result<Message | Batch, MessageFault> {
  return parseBody(Buffer.from(text));
}

describe('parseBody takes', () => {
  it.each<[string, string, Message]>([
    [
      'a request',
      `{${CALL},"params":{"name":"a"}}`,
      { kind: 'request', id: 1, method: 'tools/call', params: { name: 'a' } },
    ],
    ['a request without params', `{${CALL}}`, { kind: 'request', id: 1, method: 'tools/call', params: null }],
    ['a negative id', '{"jsonrpc":"2.0","id":-9007199254740991,"method":"ping"}', request(-9007199254740991)],
    ['an id of 256 bytes', `{"jsonrpc":"2.0","id":"${'é'.repeat(128)}","method":"ping"}`, request('é'.repeat(128))],
    ['a notification', '{"jsonrpc":"2.0","method":"a"}', { kind: 'notification', method: 'a', params: null }],
    ['a result', '{"jsonrpc":"2.0","id":5,"result":{}}', { kind: 'response', id: 5, result: {} }],
    ['an error', '{"jsonrpc":"2.0","id":5,"error":{"code":1,"message":""}}', { kind: 'response', id: 5, result: null }],
  ])('%s', (_sentence, text, message) => {
    expect(parse(text)).toEqual({ ok: true, value: message });
  });
});

describe('parseBody refuses', () => {
  it.each<[string, string, number, string | number | null]>([
    ['an empty batch', '[]', -32600, null],
    ['a batch in a batch', `[[{${CALL}}]]`, -32600, null],
    ['a number', '1', -32600, null],
    ['null', 'null', -32600, null],
    ['an unknown member', `{${CALL},"extra":1}`, -32600, 1],
    ['a member in another case', `{"jsonrpc":"2.0","id":1,"Method":"tools/call"}`, -32600, 1],
    ['a member in another case beside the right one', `{${CALL},"Params":{"name":"delete_x"}}`, -32600, 1],
    ['a member that folds to the right one', `{${CALL},"param\u017F":{}}`, -32600, 1],
    ['__proto__ in the envelope', `{${CALL},"__proto__":{"method":"ping"}}`, -32600, 1],
    ['no jsonrpc', '{"id":1,"method":"ping"}', -32600, 1],
    ['jsonrpc 1.0', '{"jsonrpc":"1.0","id":1,"method":"ping"}', -32600, 1],
    ['jsonrpc as a number', '{"jsonrpc":2,"id":1,"method":"ping"}', -32600, 1],
    ['jsonrpc with a blank', '{"jsonrpc":"2.0 ","id":1,"method":"ping"}', -32600, 1],
    ['id null', '{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600, null],
    ['id as an object', '{"jsonrpc":"2.0","id":{},"method":"ping"}', -32600, null],
    ['id as an array', '{"jsonrpc":"2.0","id":[],"method":"ping"}', -32600, null],
    ['id as a boolean', '{"jsonrpc":"2.0","id":true,"method":"ping"}', -32600, null],
    ['id with a fraction', '{"jsonrpc":"2.0","id":1.5,"method":"ping"}', -32600, null],
    ['an empty id', '{"jsonrpc":"2.0","id":"","method":"ping"}', -32600, null],
    ['an id of 257 bytes', `{"jsonrpc":"2.0","id":"a${'é'.repeat(128)}","method":"ping"}`, -32600, null],
    ['an id of 10 kB', `{"jsonrpc":"2.0","id":"${'a'.repeat(10_000)}","method":"ping"}`, -32600, null],
    ['an id that is no exact number', '{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}', -32600, null],
    ['a number in the arguments that is not exact', `{${CALL},"params":{"arguments":{"amount":1e400}}}`, -32602, null],
    ['the same behind a string with braces', `{${CALL},"params":{"a":"\\"{","b":9007199254740993}}`, -32602, null],
    ['method and result', `{${CALL},"result":{}}`, -32600, 1],
    ['method and error', `{${CALL},"error":{}}`, -32600, 1],
    ['result and error', '{"jsonrpc":"2.0","id":1,"result":{},"error":{}}', -32600, 1],
    ['neither method nor result', '{"jsonrpc":"2.0","id":1}', -32600, 1],
    ['a method that is no string', '{"jsonrpc":"2.0","id":1,"method":["ping"]}', -32600, 1],
    ['an empty method', '{"jsonrpc":"2.0","id":1,"method":""}', -32600, 1],
    ['a method of 129 characters', `{"jsonrpc":"2.0","id":1,"method":"${'a'.repeat(129)}"}`, -32600, 1],
    ['params as an array', `{${CALL},"params":["delete_x",{}]}`, -32602, 1],
    ['params as a string', `{${CALL},"params":"delete_x"}`, -32602, 1],
    ['params null', `{${CALL},"params":null}`, -32602, 1],
    ['a name twice', `{${CALL},"params":{"name":"read_x","name":"delete_x"}}`, -32700, null],
    ['a method twice', '{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call"}', -32700, null],
    ['a lone surrogate', `{${CALL},"params":{"name":"\\ud800"}}`, -32700, null],
    ['something behind the message', `{${CALL}}{}`, -32700, null],
    ['a comment', `{${CALL}/**/}`, -32700, null],
    ['NaN', `{${CALL},"params":{"a":NaN}}`, -32700, null],
    ['nothing', '', -32700, null],
    ['65 arrays in each other', `{${CALL},"params":{"a":${'['.repeat(65)}${']'.repeat(65)}}}`, -32700, null],
  ])('%s', (_sentence, text, code, id) => {
    expect(parse(text)).toMatchObject({ ok: false, error: { id, error: { code, httpStatus: 400 } } });
  });

  it('bytes that are not UTF-8', () => {
    const bytes = Buffer.from(`{${CALL},"params":{"name":"\u00c0\u00af"}}`, 'latin1');
    expect(parseBody(bytes)).toMatchObject({ ok: false, error: { error: { code: -32700 } } });
  });
});

it('a fault repeats nothing that was sent', () => {
  const result = parse('{"jsonrpc":"2.0","id":1,"method":"ping","CANARY":"CANARY"}');
  expect(JSON.stringify(result)).not.toContain('CANARY');
});

function request(id: string | number): Message {
  return { kind: 'request', id, method: 'ping', params: null };
}
