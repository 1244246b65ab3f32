import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load-config.ts';

const UPSTREAMS = 'version: 1\nupstreams: { wiki: { url: https://wiki.example.com/mcp } }\nnotify:\n';
const TOKEN = 'xoxb-123456789012-abc';

const parse = (notify: string) => parseConfig('countersign.yaml', Buffer.from(UPSTREAMS + notify), '/', {});

describe('notify', () => {
  it('fills in what is left open', () => {
    const config = parse(
      `  slack: [{ token: ${TOKEN}, channel: C0123456789, apiUrl: 'https://slack-gov.com/api/' }]\n  webhooks: [{ url: https://a.example }]\n`,
    );
    expect(config.ok && config.value.notify).toEqual({
      slack: [
        {
          token: TOKEN,
          channel: 'C0123456789',
          events: ['approval.requested'],
          digestMs: 30_000,
          apiUrl: 'https://slack-gov.com/api',
        },
      ],
      webhooks: [
        { url: 'https://a.example', secrets: [], events: ['approval.requested'], digestMs: 0, bodyTemplate: null },
      ],
    });
  });

  it.each([
    [`slack: [{ token: xoxp-123456789012-abc, channel: C0123456789 }]`, 'must be a bot token'],
    [`slack: [{ token: ${TOKEN}, channel: '#approvals' }]`, 'must be the id of a channel'],
    [`slack: [{ token: ${TOKEN}, channel: C0123456789, apiUrl: 'http://slack.example/api' }]`, 'must be https'],
    [`slack: [{ token: ${TOKEN}, channel: C0123456789 }, { token: ${TOKEN}, channel: C0123456789 }]`, 'is there twice'],
    [`slack: [{ token: ${TOKEN}, channel: C0123456789, digest: 2h }]`, 'must be between 1s and 1h'],
    [`webhooks: [{ url: https://a.example, events: [approval.ended] }]`, 'approval.ended'],
    [`webhooks: [{ url: https://a.example, secrets: [whsec_short] }]`, 'must be `whsec_`'],
  ])('refuses %s', (line, message) => {
    const config = parse(`  ${line}\n`);
    const problems = config.ok ? [] : config.error;
    expect(problems.map((problem) => `${problem.message} ${problem.got}`).join()).toContain(message);
  });
});
