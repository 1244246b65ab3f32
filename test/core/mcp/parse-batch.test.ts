import { describe, expect, it } from 'vitest';
import { parseBody } from '../../../src/core/mcp/parse-body.ts';

const ping = (id: unknown): string => `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"method":"ping"}`;
const NOTIFICATION = '{"jsonrpc":"2.0","method":"notifications/cancelled"}';
const pings = (count: number): string => Array.from({ length: count }, (_, id) => ping(id)).join(',');

describe('a batch', () => {
  it.each([
    ['one request', ping(1), ['request']],
    ['requests, notifications and answers', `${ping(1)},${NOTIFICATION},{"jsonrpc":"2.0","id":2,"result":{}}`, 3],
    ['an id as a number and as a text, which are two', `${ping(1)},${ping('1')}`, 2],
    ['fifty messages', pings(50), 50],
  ])('is taken with %s', (_what, elements, expected) => {
    const parsed = parseBody(Buffer.from(`[${elements}]`));
    const kinds = parsed.ok && parsed.value.kind === 'batch' ? parsed.value.messages.map(({ kind }) => kind) : null;
    if (typeof expected === 'number') expect(kinds).toHaveLength(expected);
    else expect(kinds).toEqual(expected);
  });

  it.each([
    ['without a message', ''],
    ['of fifty-one messages', pings(51)],
    ['in a batch', `[${ping(1)}]`],
    ['with something that is no message', `${ping(1)},1`],
    [
      'with a message of an unknown member',
      `${ping(1)},{"jsonrpc":"2.0","id":2,"method":"ping","Method":"tools/call"}`,
    ],
    ['with initialize', `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}`],
    ['with initialize as a notification', `{"jsonrpc":"2.0","method":"initialize"}`],
    ['of two requests with one id', `${ping(7)},${ping(7)}`],
  ])('%s is refused as a whole', (_what, elements) => {
    expect(parseBody(Buffer.from(`[${elements}]`))).toMatchObject({
      ok: false,
      error: { id: null, error: { code: -32600, httpStatus: 400 } },
    });
  });
});
