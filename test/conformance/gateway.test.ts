import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { connectLegacy, connectModern, type FixtureHost } from './fixture-hosts.ts';
import { type FixtureWorld, startFixtureWorld, UPSTREAMS } from './fixture-world.ts';
import { HOST_SCENARIOS } from './host-scenarios.ts';

// The gateway between hosts and the fixture, in every pair of eras and over both transports: nobody notices that it is there.
// `npm run conformance` asks the public suite the same.

let world: FixtureWorld;
beforeAll(async () => {
  world = await startFixtureWorld();
});
afterAll(() => world?.close());

describe.each(UPSTREAMS)('before %s', (upstream) => {
  describe.each([
    ['a legacy host', connectLegacy],
    ['a modern host', connectModern],
  ] as const)('%s', (_name, connect) => {
    let host: FixtureHost;
    beforeAll(async () => {
      host = await connect({ kind: 'http', url: world.gatewayUrl(upstream) });
    });
    beforeEach(() => host.forget());
    afterAll(() => host?.close());

    it.each(HOST_SCENARIOS)('%s', async (_sentence, play) => {
      await expect(play(host)).resolves.toBeUndefined();
    });

    it.each([
      ['test_sampling', { prompt: 'a prompt' }],
      ['test_elicitation', { message: 'a message' }],
      ['test_elicitation_url', {}],
      ['test_input_required_result_list_roots', {}],
    ] as const)('that can be asked nothing is asked nothing by %s, and the call fails', async (name, args) => {
      const mute = await connect({ kind: 'http', url: world.gatewayUrl(upstream) }, true);
      onTestFinished(() => mute.close());
      const answer: unknown = await mute.client.callTool({ name, arguments: args }).catch((error: unknown) => error);
      if (answer instanceof Error) expect(answer).toMatchObject({ code: -32021 });
      else
        expect(answer).toMatchObject({
          isError: true,
          content: [{ text: expect.stringMatching(/declare|asked|refused|-32021/) }],
        });
      expect(mute.asked).toEqual([]);
    });
  });
});
