import { expect, it } from 'vitest';
import { nameAsk } from '../../../src/core/conversation/name-ask.ts';

const form = (properties: object) => ({
  method: 'elicitation/create',
  params: { message: 'Please', requestedSchema: { type: 'object', properties } as never },
});

it.each([
  ['a form with one field', form({ name: {} }), 'user_name'],
  ['a form with several', form({ name: {}, color: {} }), 'user_name_color'],
  ['a form with a field of odd letters', form({ 'na me': {} }), 'user_input'],
  ['a form with more than a key holds', form({ ['n'.repeat(64)]: {} }), 'user_input'],
  ['a form without fields', form({}), 'user_input'],
  ['a form without a schema', { method: 'elicitation/create', params: null }, 'user_input'],
  ['a page', { method: 'elicitation/create', params: { mode: 'url' } }, 'user_page'],
  ['a model', { method: 'sampling/createMessage', params: null }, 'model_message'],
  ['directories', { method: 'roots/list', params: null }, 'client_roots'],
])('names a question for %s', (_what, ask, key) => {
  expect(nameAsk(ask)).toBe(key);
});
