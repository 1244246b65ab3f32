import { describe, expect, it } from 'vitest';
import type { ApprovalId } from '../../../src/core/approval/approval.ts';
import { type CallLine, createCallLines } from '../../../src/core/audit/call-line.ts';
import type { AuditEntry } from '../../../src/core/audit/entry.ts';
import { sampleDecision, sampleDispatch, sampleGatewayEntry, sampleOutcome } from '../../support/store-samples.ts';

function linesOf(...entries: readonly AuditEntry[]): readonly CallLine[] {
  const lines: CallLine[] = [];
  const take = createCallLines((line) => void lines.push(line));
  for (const entry of entries) take([entry]);
  return lines;
}

const CALL = { callId: 'call_1', principal: 'alice', client: 'cursor', method: 'tools/call', target: 'crm/get_deal' };

describe('a line for a call', () => {
  it('is written at the outcome, with what was decided', () => {
    const lines = linesOf(
      sampleDecision({ decision: 'allow' }),
      sampleOutcome({ outcome: 'tool-error', latencyMs: 3 }),
    );
    expect(lines).toMatchObject([
      { ...CALL, decision: 'allow', outcome: 'tool-error', latencyMs: 3, resultBytes: 200 },
    ]);
  });

  it('is written at the decision where nothing ran', () => {
    const denied = sampleDecision({ decision: 'deny', reasons: ['rule_denied' as never] });
    expect(linesOf(denied)).toMatchObject([{ ...CALL, decision: 'deny', reasons: ['rule_denied'], outcome: null }]);
  });

  it('is written when a call begins to wait, and when it has run', () => {
    const approvalId = 'apr_1' as ApprovalId;
    const asked = sampleDecision({ decision: 'approve', approvalId });
    const lines = linesOf(asked, sampleDispatch(), sampleOutcome({ approvalId }));
    expect(lines.map(({ outcome }) => outcome)).toEqual([null, 'ok']);
    expect(lines.every((line) => line.approvalId === approvalId)).toBe(true);
  });

  it('holds no arguments, no digest and no detail', () => {
    const decision = sampleDecision({ decision: 'allow', payload: { secret: 'canary-1' }, records: ['id=canary-2'] });
    const lines = linesOf(decision, sampleOutcome({ detail: 'canary-3', resultDigest: 'canary-4' }));
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toMatch(/canary|tok_/);
  });

  it('is not written of anything else, nor of an outcome whose decision is not known', () => {
    expect(linesOf(sampleGatewayEntry('x'), sampleOutcome())).toEqual([]);
  });

  it('is forgotten for the oldest of very many calls under way', () => {
    const many = Array.from({ length: 10_001 }, (_, n) => sampleDecision({ callId: `call_${n}`, decision: 'allow' }));
    const lines = linesOf(...many, sampleOutcome({ callId: 'call_0' }), sampleOutcome({ callId: 'call_1' }));
    expect(lines.map(({ callId }) => callId)).toEqual(['call_1']);
  });
});
