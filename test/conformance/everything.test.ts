import { expect, it, onTestFinished } from 'vitest';
import { startGatewayProcess } from '../support/gateway-process.ts';
import { startEverything } from '../support/peer-servers.ts';
import { createGatewayDir } from '../support/run-gateway.ts';
import { createCredentialDoor } from './add-credential.ts';
import { compareRuns } from './compare.ts';
import { runSuite } from './run-suite.ts';

// A server by others. It has gaps of its own, so what counts is that the gateway adds none: check by check.

const POLICY = `
version: 1
upstream: everything
classes: { write: ['*'] }
rules:
  - { id: tools, who: { any: true }, tools: { class: write }, effect: allow, unattended: true }
  - { id: resources, who: { any: true }, resources: ['**'], effect: allow, completion: true }
  - { id: prompts, who: { any: true }, prompts: ['*'], effect: allow, completion: true }
`;

/** Each of these must be there: one that is not would hide the day on which it matters. */
const BY_DESIGN = [
  // The suite calls a tool that this server does not have. It says so in a tool result, the gateway in an error, as the contract wants.
  'tools-call-error: tools-call-error',
  'tools-call-simple-text: tools-call-simple-text',
];

it('server-everything passes through the gateway whatever it passes by itself', async () => {
  const everything = await startEverything();
  onTestFinished(async () => void (await everything.process.stop('SIGKILL')));
  const door = await createCredentialDoor();
  onTestFinished(() => door.close());
  const allow = {
    elicitation: ['form', 'url'],
    elicitationUrlHosts: ['example.com'],
    sampling: true,
    roots: true,
    logging: true,
  };
  const home = createGatewayDir({
    config: `environment: test
origins: ['http://localhost:${door.port}']
upstreams:
  everything: ${JSON.stringify({ url: everything.url, allow })}
`,
    policies: { 'everything.yaml': POLICY },
  });
  onTestFinished(() => home.remove());
  const gateway = startGatewayProcess(home);
  onTestFinished(async () => void (await gateway.stop()));
  const client = await gateway.ready();
  door.open(client.mcpPort, (await client.issue({ user: 'suite' })).token);

  const revision = '2025-11-25';
  const direct = await runSuite(everything.url, revision);
  const through = await runSuite(`http://localhost:${door.port}/mcp/everything`, revision);
  const { differences } = compareRuns({ upstream: 'http-legacy', revision, direct, through }, []);
  expect(direct.passed).toBeGreaterThan(30);
  expect(differences.map(({ scenario, check }) => `${scenario}: ${check}`)).toEqual(BY_DESIGN);
}, 180_000);
