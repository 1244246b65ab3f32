import { describe, expect, it } from 'vitest';
import type { Ask, AskKind } from '../../../src/core/conversation/ask.ts';
import { checkAskAnswer } from '../../../src/core/conversation/check-ask-answer.ts';
import type { Json, JsonObject } from '../../../src/core/json/value.ts';

const SCHEMA: JsonObject = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer' }, tags: { type: 'array' }, ok: { type: 'boolean' } },
  required: ['name'],
};

function ask(kind: AskKind): Ask {
  return { kind, method: 'elicitation/create', params: { requestedSchema: SCHEMA } };
}

const plain = (value: JsonObject | null): unknown => JSON.parse(JSON.stringify(value));

describe('an answer', () => {
  it.each<[string, AskKind, Json, Json]>([
    [
      'a filled form',
      'elicitation-form',
      { action: 'accept', content: { name: 'a', age: 3, tags: ['x'], ok: true } },
      { action: 'accept', content: { name: 'a', age: 3, tags: ['x'], ok: true } },
    ],
    [
      'more than was asked, which is dropped',
      'elicitation-form',
      { action: 'accept', content: { name: 'a', admin: true }, _meta: {} },
      { action: 'accept', content: { name: 'a' } },
    ],
    [
      'a no, whatever came with it',
      'elicitation-form',
      { action: 'decline', content: { name: 'a' } },
      { action: 'decline' },
    ],
    ['a form closed', 'elicitation-form', { action: 'cancel' }, { action: 'cancel' }],
    ['a page opened', 'elicitation-url', { action: 'accept', content: { name: 'x' } }, { action: 'accept' }],
    [
      'words of a model',
      'sampling',
      { role: 'assistant', content: { type: 'text', text: 'hi' }, model: 'm', stopReason: 'endTurn', x: 1 },
      { role: 'assistant', content: { type: 'text', text: 'hi' }, model: 'm', stopReason: 'endTurn' },
    ],
    [
      'directories',
      'roots',
      { roots: [{ uri: 'file:///a', name: 'A', x: 1 }] },
      { roots: [{ uri: 'file:///a', name: 'A' }] },
    ],
  ])('%s', (_sentence, kind, answer, made) => {
    expect(plain(checkAskAnswer(ask(kind), answer))).toEqual(made);
  });

  it.each<[string, AskKind, Json | undefined]>([
    ['nothing', 'elicitation-form', undefined],
    ['a number', 'elicitation-form', 12345],
    ['an action of nobody', 'elicitation-form', { action: 'approve' }],
    ['a form without what is required', 'elicitation-form', { action: 'accept', content: { age: 3 } }],
    ['a form without content', 'elicitation-form', { action: 'accept' }],
    ['a field of another type', 'elicitation-form', { action: 'accept', content: { name: 5 } }],
    [
      'a number with a fraction for a whole one',
      'elicitation-form',
      { action: 'accept', content: { name: 'a', age: 1.5 } },
    ],
    ['an object in a field', 'elicitation-form', { action: 'accept', content: { name: { a: 1 } } }],
    ['no action for a page', 'elicitation-url', {}],
    ['a model without a name', 'sampling', { role: 'assistant', content: { type: 'text', text: 'x' } }],
    ['a model without content', 'sampling', { role: 'assistant', model: 'm' }],
    ['a directory that is a web page', 'roots', { roots: [{ uri: 'https://a.example' }] }],
    ['directories that are no list', 'roots', { roots: {} }],
  ])('is none: %s', (_sentence, kind, answer) => {
    expect(checkAskAnswer(ask(kind), answer)).toBeNull();
  });
});
