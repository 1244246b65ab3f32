import { expect, it } from 'vitest';
import { findAnswerId } from '../../../src/adapters/upstream/rpc/find-answer-id.ts';

it.each<readonly [sentence: string, ends: string, id: number | null]>([
  ['first', '{"jsonrpc":"2.0","id":7,"result":{"content":[ … ]}}', 7],
  ['first, before the version', ' { "id" : 7 , "jsonrpc" : "2.0" , "result" : { … } }', 7],
  ['last', '{"result":{"content":[ … ]},"jsonrpc":"2.0","id":7}', 7],
  ['last, before the version', '{"result":{ … } , "id" : 7 , "jsonrpc" : "2.0" } ', 7],
  ['last, after the version', '{"jsonrpc":"2.0","result":{ … },"id":7}', 7],
  ['that of what asks', '{"jsonrpc":"2.0","id":7,"method":"sampling/createMessage","params":{ … }}', null],
  ['that of what asks, last', '{"method":"sampling/createMessage","params":{ … },"jsonrpc":"2.0","id":7}', null],
  ['that of a member of the result', '{"jsonrpc":"2.0","result":{"content":[ … ],"id":7}}', null],
  ['in a text', '{"jsonrpc":"2.0","result":{"text":" … ,\\"id\\":7}"}}', null],
  ['in a text that ends as a message would', '{"jsonrpc":"2.0","result":{"text":" … ,\\"id\\":7}', null],
  ['a text', '{"jsonrpc":"2.0","id":"7","result":{ … }}', null],
  ['below a hostile first member', '{"x":{"id":7,"result":{}},"jsonrpc":"2.0","result":{ … }}', null],
  ['missing', '{"jsonrpc":"2.0","result":{ … }}', null],
])('finds the id that is %s', (_sentence, ends, id) => {
  expect(findAnswerId(Buffer.from(ends))).toBe(id);
});
