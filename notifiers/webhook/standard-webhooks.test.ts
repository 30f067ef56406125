import { describe, expect, it } from 'vitest';
import { createWebhookSigner } from './standard-webhooks.ts';

describe('signing as Standard Webhooks', () => {
  it('makes the signature of the published example', () => {
    const sign = createWebhookSigner(['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw']);
    const headers = sign({
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      timestampSeconds: 1_614_265_330,
      body: '{"test": 2432232314}',
    });
    expect(headers).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it.each([[[]], [['whsec_']], [['whsec_not base64!']]])('refuses the secrets %j', (secrets) => {
    expect(() => createWebhookSigner(secrets)).toThrow(expect.objectContaining({ code: 'invalid_config' }));
  });

  it('does not repeat a secret that it refuses', () => {
    expect(() => createWebhookSigner(['whsec_sëcret'])).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('sëcret') }),
    );
  });
});
