import { describe, expect, it } from 'vitest';
import { signWebhook, WEBHOOK_SECRET } from '../../../src/core/notify/sign-webhook.ts';

const message = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestampSeconds: 1614265330,
  body: '{"test": 2432232314}',
};

describe('signWebhook', () => {
  // The worked example of the Standard Webhooks specification.
  it('signs as the specification does', () => {
    expect(signWebhook(message, ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'])).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('signs with each of two secrets, so that the receiver can change from one to the other', () => {
    const signatures = signWebhook(message, [
      'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    ])['webhook-signature'].split(' ');
    expect(signatures).toHaveLength(2);
    expect(signatures[1]).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });
});

it.each(['whsec_', 'whsec_short', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n', ''])(
  '%j is no secret',
  (text) => {
    expect(WEBHOOK_SECRET.test(text)).toBe(false);
  },
);
