import { expect, it } from 'vitest';
import { isToolName } from '../../../src/core/catalog/tool-name.ts';

it.each(['get', 'get_deal', 'a.b', 'a/b', 'ns:get', 'Summarize Detection', '~', 'x'.repeat(128)])(
  '%j can be governed',
  (name) => {
    expect(isToolName(name)).toBe(true);
  },
);

it.each([
  '',
  ' get',
  'get ',
  'a  b',
  'a\tb',
  'a\n',
  'g\u0435t',
  'g\u200bet',
  '\u00a0',
  'a*',
  '*',
  'x'.repeat(129),
  'get\u00ad',
  '\u007f',
])('%j cannot', (name) => {
  expect(isToolName(name)).toBe(false);
});
