import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApprovalId } from '../../src/core/approval/approval.ts';
import type { KeptCall } from '../../src/ports/open-call-store.ts';
import { sampleDecision, sampleDispatch, sampleGatewayEntry, sampleOutcome } from '../support/store-samples.ts';
import { STORES, type StoreUnderTest } from './store-under-test.ts';

const kept = (callId: string, fields: Partial<KeptCall> = {}): KeptCall => ({
  callId,
  round: 1,
  untilMs: 1000,
  sealed: 'ü 𝄞 \u0000',
  ...fields,
});

describe.each(Object.entries(STORES))('the store of open calls in %s', (_name, open) => {
  let store: StoreUnderTest;
  beforeEach(async () => {
    store = await open();
    await store.audit.record([sampleDecision({ callId: 'a' }), sampleDecision({ callId: 'b' })]);
    await store.audit.record([sampleDispatch({ callId: 'c', approvalId: 'apr_1' as ApprovalId })]);
  });
  afterEach(() => store.close());

  const kindsAfter = async (sequence: number): Promise<number> =>
    (await store.audit.read({ limit: 10, afterSequence: sequence })).length;

  it('keeps what going on with an open call takes, in place of what was kept before', async () => {
    expect(await store.openCalls.listKept()).toEqual([]);
    expect(await store.openCalls.keep(kept('a'))).toBe(true);
    expect(await store.openCalls.keep(kept('a', { round: null, untilMs: 5, sealed: 'x' }))).toBe(true);
    expect(await store.openCalls.keep(kept('c'))).toBe(true);
    expect(await store.openCalls.listKept()).toEqual([
      { ...kept('a', { round: null, untilMs: 5, sealed: 'x' }), approvalId: null },
      { ...kept('c'), approvalId: 'apr_1' },
    ]);
  });

  it('keeps nothing of a call that is not open, and forgets it with its outcome', async () => {
    expect(await store.openCalls.keep(kept('nobody'))).toBe(false);
    await store.openCalls.keep(kept('a'));
    await store.audit.record([sampleOutcome({ callId: 'a' })]);
    expect(await store.openCalls.keep(kept('a'))).toBe(false);
    expect(await store.openCalls.listKept()).toEqual([]);
  });

  it('takes a round once, with its entries', async () => {
    await store.openCalls.keep(kept('a', { round: 2 }));
    const take = () => store.openCalls.takeRound({ callId: 'a', round: 2, nowMs: 999 }, [sampleGatewayEntry('x')]);
    expect((await Promise.all([take(), take(), take()])).filter(Boolean)).toHaveLength(1);
    expect(await kindsAfter(3)).toBe(1);
    expect(await store.openCalls.listKept()).toEqual([]);
  });

  it.each([
    ['another round', { callId: 'a', round: 1, nowMs: 0 }],
    ['another call', { callId: 'b', round: 2, nowMs: 0 }],
    ['a call that is not there', { callId: 'z', round: 2, nowMs: 0 }],
    ['its own time', { callId: 'a', round: 2, nowMs: 1000 }],
  ])('does not take what waits for %s', async (_what, round) => {
    await store.openCalls.keep(kept('a', { round: 2 }));
    expect(await store.openCalls.takeRound(round, [sampleGatewayEntry('x')])).toBe(false);
    expect(await kindsAfter(3)).toBe(0);
    expect(await store.openCalls.listKept()).toHaveLength(1);
  });
});
