import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/core/notify/digest.ts';
import { parseBodyTemplate, writeStandardBody } from '../../../src/core/notify/notice-body.ts';
import {
  noticeOfApproval,
  noticeOfKillSwitch,
  noticeOfPin,
  noticeOfReload,
} from '../../../src/core/notify/notice-of.ts';
import { samplePin } from '../../support/sample-pin.ts';
import { sampleApproval } from '../../support/store-samples.ts';

const URL = 'https://admin.example.com';
const approval = sampleApproval('apr_1');
const notice = noticeOfApproval(approval, URL);
if (notice === null) throw new Error('a request is told of');

describe('what people outside are told', () => {
  it('is who asks for what, until when, and where to decide; never the arguments', () => {
    const body = writeStandardBody(notice, [], '2026-11-20T00:00:00.000Z');
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
    ['expired', 'approval.expired'],
    ['withdrawn', 'approval.expired'],
    ['void', 'approval.expired'],
    ['executed', 'approval.executed'],
    ['failed', 'approval.executed'],
    ['outcome-unknown', 'approval.executed'],
  ] as const)('of one that is %s: %s', (status, type) => {
    expect(noticeOfApproval(sampleApproval('apr_1', { status }), URL)).toMatchObject({ type, facts: { status } });
  });

  it('is nothing when the call begins to run', () => {
    expect(noticeOfApproval(sampleApproval('apr_1', { status: 'executing' }), URL)).toBeNull();
  });

  it('says how many of the people who are needed have approved', () => {
    const half = sampleApproval('apr_1', { approversNeeded: 2, approvedBy: ['olivia'], decidedBy: 'olivia' });
    expect(noticeOfApproval(half, URL)).toMatchObject({
      type: 'approval.decided',
      summary: expect.stringContaining('1 of 2 people have approved'),
    });
  });
});

describe('what is told beside approvals', () => {
  const entry = {
    kind: 'kill-switch',
    timeMs: 1,
    change: 'on',
    id: 'kill_1',
    scope: { upstream: 'crm' },
    reason: 'runaway',
    by: 'olivia',
  } as const;

  it('is a kill switch, pulled and released', () => {
    const data = { killSwitchId: 'kill_1', status: 'on', reason: 'runaway', decidedBy: 'olivia' };
    expect(noticeOfKillSwitch(entry, URL)).toMatchObject({
      type: 'kill-switch.changed',
      subject: 'kill_1',
      facts: data,
    });
    expect(noticeOfKillSwitch(entry, URL).summary).toBe('The kill switch for upstream crm is on, by olivia: runaway');
    expect(noticeOfKillSwitch({ ...entry, change: 'off', scope: { all: true } }, URL).summary).toContain(
      'for everything is off',
    );
    expect(noticeOfKillSwitch({ ...entry, change: 'expired', by: 'gateway' }, URL).summary).toBe(
      'The kill switch for upstream crm is over: runaway',
    );
  });

  it('is a definition that is hidden, without its words', () => {
    const pin = samplePin('send_email', { why: ['changed', 'concealment'], status: 'pending' });
    const notice = noticeOfPin(pin, URL);
    expect(notice).toMatchObject({ type: 'tool.drift', facts: { tool: 'send_email', reason: 'changed, concealment' } });
    expect(JSON.stringify(notice)).not.toContain('Sends.');
  });

  it('is a policy that could not be loaded, in no more than 500 characters', () => {
    const notice = noticeOfReload(`crm.yaml:3:1: rules: ${'x'.repeat(9000)}`, URL);
    expect(notice).toMatchObject({ type: 'config.reload-failed', url: `${URL}/policy` });
    expect(notice.facts.reason).toHaveLength(500);
  });
});

describe('a digest', () => {
  const members = ['apr_1', 'apr_2', 'apr_3'].map((id) => noticeOfApproval(sampleApproval(id), URL) ?? notice);

  it('says how many wait, from whom, and has each of them', () => {
    const digest = digestOf(members, URL);
    expect(digest.summary).toBe('3 requests wait for a person: from alice to run crm/update_deal');
    expect(JSON.parse(writeStandardBody(digest, members, ''))).toMatchObject({
      type: 'approval.digest',
      data: { url: `${URL}/`, approvals: [{ approvalId: 'apr_1' }, { approvalId: 'apr_2' }, { approvalId: 'apr_3' }] },
    });
  });

  it('has one subject for the same members, and another for others', () => {
    expect(digestOf(members, URL).subject).toBe(digestOf(members, URL).subject);
    expect(digestOf(members.slice(1), URL).subject).not.toBe(digestOf(members, URL).subject);
  });
});

describe('a body of the operator', () => {
  it('is filled in', () => {
    const written = parseBodyTemplate('{"text": "{{requester}}: {{url}}", "n": 1}');
    expect(written.ok && JSON.parse(written.value(notice, [], ''))).toEqual({ text: `alice: ${notice.url}`, n: 1 });
  });

  it('shows people what cannot be seen', () => {
    const written = parseBodyTemplate('{"text": "{{requester}}"}');
    const odd = { ...notice, facts: { ...notice.facts, requester: 'a\u202eb\n# c' } };
    expect(written.ok && JSON.parse(written.value(odd, [], ''))).toEqual({ text: String.raw`a\u{202e}b\n# c` });
  });

  // A tool can be named anything, and its name ends up in other people's channels.
  it('holds what comes from others as text only', () => {
    const hostile = '","admin":true,"x":"\n\u0000\u2028{{url}}\\';
    const written = parseBodyTemplate('{"text": "{{tool}}"}');
    const body = written.ok ? written.value({ ...notice, facts: { tool: hostile } }, [], '') : '';
    expect(JSON.parse(body)).toEqual({ text: String.raw`","admin":true,"x":"\n\u{0}\u{2028}{{url}}${'\\'}` });
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
