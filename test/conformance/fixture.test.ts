import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PROJECT } from '../support/project-files.ts';
import { type FixtureServer, startHttpFixture } from './fixture/http-server.ts';
import { connectLegacy, connectModern, type FixtureHost, type HostTarget } from './fixture-hosts.ts';
import { HOST_SCENARIOS } from './host-scenarios.ts';
import { REVISIONS, readScored, runSuite } from './run-suite.ts';

// The fixture by itself: what fails here says nothing about the gateway.

let server: FixtureServer;
beforeAll(async () => {
  server = await startHttpFixture(['legacy', 'modern']);
});
afterAll(() => server?.close());

it.each(REVISIONS)('the conformance suite finds nothing wrong with the fixture at %s', async (revision) => {
  const { checks } = await runSuite(server.url, revision);
  const scored = readScored(revision);
  const found = [...checks.values()].filter(({ scenario }) => scored.has(scenario));
  expect(new Set(found.map(({ scenario }) => scenario))).toEqual(scored);
  expect(found.filter(({ status }) => !['SUCCESS', 'INFO'].includes(status))).toEqual([]);
});

const stdio = (era: string): HostTarget => ({
  kind: 'stdio',
  command: process.execPath,
  args: [join(PROJECT, 'test/conformance/fixture/main.ts'), '--stdio', '--era', era],
});

describe.each([
  ['a legacy host over HTTP', connectLegacy, () => ({ kind: 'http', url: server.url }) as const],
  ['a legacy host over HTTP+SSE', connectLegacy, () => ({ kind: 'sse', url: server.sseUrl }) as const],
  ['a legacy host over stdio', connectLegacy, () => stdio('legacy')],
  ['a modern host over HTTP', connectModern, () => ({ kind: 'http', url: server.url }) as const],
  ['a modern host over stdio', connectModern, () => stdio('modern')],
] as const)('%s', (_name, connect, target) => {
  let host: FixtureHost;
  beforeAll(async () => {
    host = await connect(target());
  });
  beforeEach(() => host.forget());
  afterAll(() => host?.close());

  it.each(HOST_SCENARIOS)('%s', async (_sentence, play) => {
    await expect(play(host)).resolves.toBeUndefined();
  });
});
