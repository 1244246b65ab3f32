import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSealer } from '../../../src/adapters/system/sealer.ts';
import {
  checkRequestState,
  encodeRequestState,
  parseRequestState,
  type RequestState,
} from '../../../src/core/mcp/request-state.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const state: fc.Arbitrary<RequestState> = fc.record({
  principal: text,
  client: text,
  method: text,
  name: text,
  endpoint: text,
  argsDigest: text,
  callId: text,
  round: fc.nat(8),
  expiresMs: fc.nat(),
  processId: text,
  durable: fc.option(
    fc.record({
      upstream: text,
      target: text,
      sentDigest: text,
      definitionDigest: text,
      policyVersion: text,
      approvalId: fc.option(text),
      startedMs: fc.nat(),
      asks: fc.constant({ who: { kind: 'roots', method: 'roots/list', params: {} } }),
      bookmark: text,
    }),
  ),
});

const STATE: RequestState = {
  principal: 'alice',
  client: 'host-1',
  method: 'tools/call',
  name: 'crm__ask',
  endpoint: '',
  argsDigest: 'd1',
  callId: 'call_1',
  round: 1,
  expiresMs: 1000,
  processId: 'process_1',
  durable: null,
};

const DURABLE: NonNullable<RequestState['durable']> = {
  upstream: 'crm',
  target: 'ask',
  sentDigest: 'd1',
  definitionDigest: '',
  policyVersion: 'p1',
  approvalId: null,
  startedMs: 1,
  asks: {},
  bookmark: '',
};

it('a state reads back as it was written, and only its own words pass its own check', () => {
  fc.assert(
    fc.property(state, (written) => {
      const read = parseRequestState(encodeRequestState(written));
      expect(read).toMatchObject({ ok: true, value: written });
      expect(checkRequestState(written, written, written.expiresMs - 1)).toBeNull();
    }),
  );
});

it('a sealed state opens for its own key and for no other, and not after any change', () => {
  const sealer = createSealer(Buffer.alloc(32, 1));
  const other = createSealer(Buffer.alloc(32, 2));
  fc.assert(
    fc.property(state, fc.nat(), fc.integer({ min: 1, max: 63 }), (written, place, shift) => {
      const plain = encodeRequestState(written);
      const sealed = sealer.seal(plain);
      expect(sealer.open(sealed)).toBe(plain);
      expect(other.open(sealed)).toBeNull();
      const at = 4 + (place % (sealed.length - 4));
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
      const changed = alphabet[(alphabet.indexOf(sealed[at] as string) + shift) % 64] as string;
      expect(sealer.open(sealed.slice(0, at) + changed + sealed.slice(at + 1))).toBeNull();
    }),
  );
});

it.each([
  ['nothing', ''],
  ['something else', 'hello'],
  ['only the beginning', 'cs1.'],
  ['too little', 'cs1.AAAA'],
  ['something added at the end', `${createSealer(Buffer.alloc(32, 1)).seal('{}')}-TAMPERED`],
  ['padding', `${createSealer(Buffer.alloc(32, 1)).seal('{}')}=`],
  ['far too much', `cs1.${'A'.repeat(200_000)}`],
])('%s is not opened', (_sentence, sealed) => {
  expect(createSealer(Buffer.alloc(32, 1)).open(sealed)).toBeNull();
});

it('the same state is never sealed to the same text', () => {
  const sealer = createSealer(Buffer.alloc(32, 1));
  expect(sealer.seal('a')).not.toBe(sealer.seal('a'));
});

describe('a state', () => {
  it.each<[string, Partial<RequestState>, number, string | null]>([
    ['of the very request', {}, 999, null],
    ['at its last moment', {}, 1000, 'expired'],
    ['of another person', { principal: 'bob' }, 0, 'of-another-principal'],
    ['of another client', { client: 'host-2' }, 0, 'of-another-principal'],
    ['of another method', { method: 'prompts/get' }, 0, 'of-another-request'],
    ['of another tool', { name: 'crm__pay' }, 0, 'of-another-request'],
    ['of other arguments', { argsDigest: 'd2' }, 0, 'of-another-request'],
    ['of another path', { endpoint: 'crm' }, 0, 'of-another-request'],
  ])('%s', (_sentence, bearer, nowMs, fault) => {
    expect(checkRequestState(STATE, { ...STATE, ...bearer }, nowMs)).toBe(fault);
  });

  it.each([
    ['no JSON', 'x'],
    ['a list', '[]'],
    ['of another version', JSON.stringify({ ...STATE, v: 1 })],
    ['without a version', JSON.stringify(STATE)],
    ['with more members', JSON.stringify({ ...STATE, v: 2, extra: 'x' })],
    ['with a member missing', JSON.stringify({ ...STATE, v: 2, callId: undefined })],
    ['with a round that is text', JSON.stringify({ ...STATE, v: 2, round: '1' })],
    ['without what says whether it is durable', JSON.stringify({ ...STATE, v: 2, durable: undefined })],
    ['durable in words', JSON.stringify({ ...STATE, v: 2, durable: 'yes' })],
    ['durable, and says nothing', JSON.stringify({ ...STATE, v: 2, durable: {} })],
    [
      'durable with an approval that is a number',
      JSON.stringify({ ...STATE, v: 2, durable: { ...DURABLE, approvalId: 1 } }),
    ],
    ['durable with no questions', JSON.stringify({ ...STATE, v: 2, durable: { ...DURABLE, asks: [] } })],
    ['durable with more members', JSON.stringify({ ...STATE, v: 2, durable: { ...DURABLE, extra: '' } })],
  ])('that is %s is unreadable', (_sentence, json) => {
    expect(parseRequestState(json)).toEqual({ ok: false, error: 'unreadable' });
  });
});
