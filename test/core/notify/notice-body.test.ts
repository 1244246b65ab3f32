import { describe, expect, it } from 'vitest';
import { noticeOf } from '../../../src/core/notify/approval-notice.ts';
import { parseBodyTemplate, writeStandardBody } from '../../../src/core/notify/notice-body.ts';
import { sampleApproval } from '../../support/store-samples.ts';

const URL = 'https://admin.example.com';
const approval = sampleApproval('apr_1');
const notice = noticeOf(approval, URL);
if (notice === null) throw new Error('a request is told of');

describe('what people outside are told', () => {
  it('is who asks for what, until when, and where to decide; never the arguments', () => {
    const body = writeStandardBody(notice, '2026-11-20T00:00:00.000Z');
    expect(JSON.parse(body)).toMatchObject({
      type: 'approval.requested',
      timestamp: '2026-11-20T00:00:00.000Z',
      data: { approvalId: 'apr_1', requester: 'alice', url: 'https://admin.example.com/approvals/apr_1' },
    });
    expect(body).not.toContain('rguments');
    expect(body).not.toContain(approval.binding.argsDigest);
  });

  it.each([
    ['pending', 'approval.requested'],
    ['approved', 'approval.decided'],
    ['rejected', 'approval.decided'],
    ['expired', 'approval.ended'],
    ['withdrawn', 'approval.ended'],
    ['void', 'approval.ended'],
    ['executed', 'approval.executed'],
    ['failed', 'approval.executed'],
    ['outcome-unknown', 'approval.executed'],
  ] as const)('of one that is %s: %s', (status, type) => {
    expect(noticeOf(sampleApproval('apr_1', { status }), URL)).toMatchObject({ type, status });
  });

  it('is nothing when the call begins to run', () => {
    expect(noticeOf(sampleApproval('apr_1', { status: 'executing' }), URL)).toBeNull();
  });

  it('says how many of the people who are needed have approved', () => {
    const half = sampleApproval('apr_1', { approversNeeded: 2, approvedBy: ['olivia'], decidedBy: 'olivia' });
    expect(noticeOf(half, URL)).toMatchObject({
      type: 'approval.decided',
      summary: expect.stringContaining('1 of 2 people have approved'),
    });
  });
});

describe('a body of the operator', () => {
  it('is filled in', () => {
    const written = parseBodyTemplate('{"text": "{{requester}}: {{url}}", "n": 1}');
    expect(written.ok && JSON.parse(written.value(notice, ''))).toEqual({ text: `alice: ${notice.url}`, n: 1 });
  });

  // A tool can be named anything, and its name ends up in other people's channels.
  it('holds what comes from others as text only', () => {
    const hostile = '","admin":true,"x":"\n\u0000\u2028{{url}}\\';
    const written = parseBodyTemplate('{"text": "{{tool}}"}');
    const body = written.ok ? written.value({ ...notice, tool: hostile }, '') : '';
    expect(JSON.parse(body)).toEqual({ text: hostile });
  });

  it.each([
    ['{"text": "{{sumary}}"}', 'there is no {{sumary}}; did you mean summary?'],
    ['{"text": "{{arguments}}"}', /^there is no \{\{arguments\}\}; there are type, /],
    ['{"text": {{summary}}}', 'is no JSON with its values inside strings'],
    ['{{summary}}', 'is no JSON with its values inside strings'],
    ['{"text": ', 'is no JSON with its values inside strings'],
  ])('%s is refused', (template, message) => {
    const parsed = parseBodyTemplate(template);
    expect(parsed.ok ? null : parsed.error).toEqual(
      typeof message === 'string' ? message : expect.stringMatching(message),
    );
  });
});
