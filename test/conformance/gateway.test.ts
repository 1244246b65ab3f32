import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { connectLegacy, connectModern } from './fixture-hosts.ts';
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
    it.each(HOST_SCENARIOS)('%s', async (_sentence, play) => {
      const host = await connect({ kind: 'http', url: world.gatewayUrl(upstream) });
      onTestFinished(() => host.close());
      await expect(play(host)).resolves.toBeUndefined();
    });
  });
});
