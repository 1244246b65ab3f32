import { describe, expect, it } from 'vitest';
import { ASK_NOTHING, type AskRules } from '../../../src/core/conversation/ask-rules.ts';
import { checkAsk } from '../../../src/core/conversation/check-ask.ts';
import type { JsonObject } from '../../../src/core/json/value.ts';

const ALL: AskRules = {
  elicitationForm: true,
  elicitationUrl: true,
  elicitationUrlHosts: ['login.example.com', '*.crm.example'],
  sampling: true,
  samplingTools: true,
  roots: true,
  logging: true,
  apps: true,
};

function check(method: string, params: JsonObject | null, rules = ALL, declared = ALL) {
  return checkAsk({ method, params }, { upstream: 'crm', rules, declared });
}

function form(properties: JsonObject, more: JsonObject = {}): JsonObject {
  return { message: 'Which one?', requestedSchema: { type: 'object', properties }, ...more };
}

const page = (url: string): JsonObject => ({ mode: 'url', message: 'Sign in', url, elicitationId: 'e1' });

describe('a question that is passed on', () => {
  it('a form, with the name of who asks, and nothing but what is known', () => {
    const checked = check('elicitation/create', {
      ...form({ size: { type: 'string', enum: ['s', 'm'], title: 'Size', 'x-evil': 1 } }),
      task: { ttl: 1 },
      _meta: { a: 1 },
    });
    expect(checked).toMatchObject({ ok: true, value: { kind: 'elicitation-form' } });
    expect(JSON.parse(JSON.stringify(checked.ok ? checked.value.params : null))).toEqual({
      message: '[crm] Which one?',
      requestedSchema: { type: 'object', properties: { size: { type: 'string', enum: ['s', 'm'], title: 'Size' } } },
    });
  });

  it.each<[string, JsonObject]>([
    ['a text with bounds', { type: 'string', minLength: 1, maxLength: 5, default: 'a' }],
    ['a number', { type: 'number', minimum: 0, maximum: 1.5 }],
    ['a choice with titles', { type: 'string', oneOf: [{ const: 'a', title: 'A' }] }],
    ['a choice of several', { type: 'array', items: { type: 'string', enum: ['a'] }, minItems: 1 }],
    ['a choice of several with titles', { type: 'array', items: { anyOf: [{ const: 'a', title: 'A' }] } }],
    ['yes or no', { type: 'boolean', default: false }],
  ])('a form with %s', (_sentence, field) => {
    const checked = check('elicitation/create', form({ field }));
    expect(checked.ok && checked.value.params.requestedSchema).toEqual({ type: 'object', properties: { field } });
  });

  it.each([
    ['the very host', 'https://login.example.com/a?b=1', 'https://login.example.com/a?b=1'],
    ['a host below', 'https://eu.crm.example/', 'https://eu.crm.example/'],
    ['the host in capitals, as a browser reads it', 'https://LOGIN.example.com', 'https://login.example.com/'],
  ])('a page of %s', (_sentence, url, shown) => {
    const checked = check('elicitation/create', page(url));
    expect(checked).toEqual({
      ok: true,
      value: {
        elicitationId: 'e1',
        kind: 'elicitation-url',
        method: 'elicitation/create',
        params: { mode: 'url', message: '[crm] Sign in', url: shown },
      },
    });
  });

  it('sampling, without the context of other servers', () => {
    const params = { messages: [{ role: 'user', content: { type: 'text', text: 'hi' } }], maxTokens: 5 };
    const checked = check('sampling/createMessage', {
      ...params,
      includeContext: 'allServers',
      metadata: { a: 1 },
      temperature: 0,
    });
    expect(JSON.parse(JSON.stringify(checked))).toMatchObject({
      ok: true,
      value: { params: { ...params, temperature: 0 } },
    });
    expect(JSON.stringify(checked)).not.toMatch(/includeContext|metadata/);
  });

  it('roots, without parameters', () => {
    expect(check('roots/list', { a: 1 })).toMatchObject({ ok: true, value: { params: {} } });
  });
});

describe('a question that nobody gets to see', () => {
  const text = { type: 'text', text: 'hi' };
  it.each<[string, string, string, JsonObject | null]>([
    ['of a method that asks nothing', 'unknown-method', 'tools/call', { name: 'x' }],
    ['of a method of nobody', 'unknown-method', 'elicitation/Create', form({})],
    ['without parameters', 'malformed', 'elicitation/create', null],
    ['with a message that is no text', 'malformed', 'elicitation/create', form({}, { message: { a: 1 } })],
    ['with a very long message', 'too-large', 'elicitation/create', form({}, { message: 'a'.repeat(5000) })],
    ['of a mode that there is not', 'malformed', 'elicitation/create', form({}, { mode: 'popup' })],
    ['for a password by its name', 'asks-for-secret', 'elicitation/create', form({ password: { type: 'string' } })],
    [
      'for a secret in another style',
      'asks-for-secret',
      'elicitation/create',
      form({ dbPassword: { type: 'string' } }),
    ],
    [
      'for a secret by its title',
      'asks-for-secret',
      'elicitation/create',
      form({ a: { type: 'string', title: 'Your API key' } }),
    ],
    [
      'for a secret by its format',
      'asks-for-secret',
      'elicitation/create',
      form({ a: { type: 'string', format: 'password' } }),
    ],
    [
      'for a secret by its message',
      'asks-for-secret',
      'elicitation/create',
      form({}, { message: 'Enter your one-time code' }),
    ],
    [
      'for a card',
      'asks-for-secret',
      'elicitation/create',
      form({ a: { type: 'string', description: 'Card number' } }),
    ],
    [
      'with a link in the message',
      'url-in-form',
      'elicitation/create',
      form({}, { message: 'Go to https://evil.example' }),
    ],
    [
      'with a link in a field',
      'url-in-form',
      'elicitation/create',
      form({ a: { type: 'string', description: 'see www.evil.example' } }),
    ],
    [
      'with a key of the gateway itself',
      'malformed',
      'elicitation/create',
      form({ 'gw:approve': { type: 'boolean' } }),
    ],
    ['with a key that hides its order', 'malformed', 'elicitation/create', form({ 'a\u202eb': { type: 'boolean' } })],
    ['with an object inside', 'malformed', 'elicitation/create', form({ a: { type: 'object' } })],
    ['with a reference', 'malformed', 'elicitation/create', form({ a: { $ref: 'https://evil.example/s.json' } })],
    [
      'with too many fields',
      'too-large',
      'elicitation/create',
      form(Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`f${i}`, { type: 'boolean' }]))),
    ],
    ['to a page in the clear', 'url-not-https', 'elicitation/create', page('http://login.example.com/')],
    ['to a page that is a script', 'url-not-https', 'elicitation/create', page('javascript:alert(1)')],
    ['to a page with a password in it', 'url-not-https', 'elicitation/create', page('https://a:b@login.example.com/')],
    ['to a page elsewhere', 'url-host-not-allowed', 'elicitation/create', page('https://evil.example/')],
    [
      'to a page that only looks right',
      'url-host-not-allowed',
      'elicitation/create',
      page('https://login.example.com.evil.example/'),
    ],
    [
      'to a page whose path looks right',
      'url-host-not-allowed',
      'elicitation/create',
      page('https://evil.example\\@login.example.com/'),
    ],
    ['to the top of hosts below', 'url-host-not-allowed', 'elicitation/create', page('https://crm.example/')],
    ['to no page', 'malformed', 'elicitation/create', page('login')],
    ['for a model, without messages', 'malformed', 'sampling/createMessage', { messages: [], maxTokens: 5 }],
    [
      'for a model, without an end',
      'malformed',
      'sampling/createMessage',
      { messages: [{ role: 'user', content: text }] },
    ],
    [
      'for a model, as the system',
      'malformed',
      'sampling/createMessage',
      { messages: [{ role: 'system', content: text }], maxTokens: 5 },
    ],
    [
      'for a model, with content of an unknown kind',
      'malformed',
      'sampling/createMessage',
      { messages: [{ role: 'user', content: { type: 'x' } }], maxTokens: 5 },
    ],
    [
      'that is too large',
      'too-large',
      'sampling/createMessage',
      { messages: [{ role: 'user', content: { type: 'text', text: 'a'.repeat(2 ** 20) } }], maxTokens: 5 },
    ],
  ])('%s: %s', (_sentence, refusal, method, params) => {
    expect(check(method, params)).toEqual({ ok: false, error: refusal });
  });

  it.each<[string, JsonObject]>([
    ['elicitation/create', form({})],
    ['elicitation/create', page('https://login.example.com/')],
    ['sampling/createMessage', { messages: [{ role: 'user', content: text }], maxTokens: 5 }],
    ['roots/list', {}],
  ])('%s is neither taken without the operator nor without the host', (method, params) => {
    expect(check(method, params)).toMatchObject({ ok: true });
    expect(check(method, params, ASK_NOTHING)).toEqual({ ok: false, error: 'not-allowed' });
    expect(check(method, params, ALL, ASK_NOTHING)).toEqual({ ok: false, error: 'not-declared' });
  });

  it('tools for the model, where none were declared', () => {
    const params = {
      messages: [{ role: 'user', content: text }],
      maxTokens: 5,
      tools: [{ name: 'a', inputSchema: {} }],
    };
    expect(check('sampling/createMessage', params, ALL, { ...ALL, samplingTools: false })).toEqual({
      ok: false,
      error: 'not-declared',
    });
  });
});
