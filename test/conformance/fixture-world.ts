import { join } from 'node:path';
import { startGatewayProcess } from '../support/gateway-process.ts';
import { PROJECT } from '../support/project-files.ts';
import { createGatewayDir } from '../support/run-gateway.ts';
import { createCredentialDoor } from './add-credential.ts';
import { type FixtureServer, startHttpFixture } from './fixture/http-server.ts';
import type { Era } from './fixture/wire.ts';

/** Every way in which the fixture stands behind the gateway, by the name of the upstream. */
export const UPSTREAMS = ['http-legacy', 'http-modern', 'stdio-legacy', 'stdio-modern', 'sse-legacy'] as const;
export type UpstreamName = (typeof UPSTREAMS)[number];

/** The fixture by itself and behind a gateway in a process of its own. */
export interface FixtureWorld {
  /** The fixture over HTTP, in one era. */
  directUrl(era: Era): string;
  /** The gateway, signed in already. */
  gatewayUrl(upstream: UpstreamName): string;
  /** The gateway itself, and a token for it. */
  readonly mcpPort: number;
  readonly token: string;
  /** What the gateway wrote to standard error. */
  gatewayLog(): string;
  close(): Promise<void>;
}

export async function startFixtureWorld(): Promise<FixtureWorld> {
  const opened = new AsyncDisposableStack();
  try {
    return { ...(await openWorld(opened)), close: () => opened.disposeAsync() };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

async function openWorld(opened: AsyncDisposableStack): Promise<Omit<FixtureWorld, 'close'>> {
  const legacy = opened.adopt(await startHttpFixture(['legacy']), (server) => server.close());
  const modern = opened.adopt(await startHttpFixture(['modern']), (server) => server.close());
  const door = opened.adopt(await createCredentialDoor(), (started) => started.close());
  const home = opened.adopt(
    createGatewayDir({
      config: configText(`http://localhost:${door.port}`, { legacy, modern }),
      policies: Object.fromEntries(UPSTREAMS.map((name) => [`${name}.yaml`, policyText(name)])),
    }),
    (dir) => dir.remove(),
  );
  const gateway = opened.adopt(startGatewayProcess(home), async (started) => void (await started.stop()));
  const client = await gateway.ready();
  const { token } = await client.issue({ user: 'suite' });
  door.open(client.mcpPort, token);
  return {
    directUrl: (era) => (era === 'legacy' ? legacy.url : modern.url),
    gatewayUrl: (upstream) => `http://localhost:${door.port}/mcp/${upstream}`,
    mcpPort: client.mcpPort,
    token,
    gatewayLog: () => gateway.stderr(),
  };
}

function configText(origin: string, { legacy, modern }: Readonly<Record<Era, FixtureServer>>): string {
  const upstreams: Readonly<Record<UpstreamName, object>> = {
    'http-legacy': { url: legacy.url },
    'http-modern': { url: modern.url },
    'stdio-legacy': stdio('legacy'),
    'stdio-modern': stdio('modern'),
    'sse-legacy': { url: legacy.sseUrl, transport: 'sse' },
  };
  return [
    'environment: test',
    `origins: ['${origin}']`,
    'upstreams:',
    ...UPSTREAMS.map((name) => `  ${name}: ${JSON.stringify({ ...upstreams[name], allow: ALLOW })}`),
    '',
  ].join('\n');
}

/** The fixture asks for everything that an upstream can ask for. */
const ALLOW = {
  elicitation: ['form', 'url'],
  elicitationUrlHosts: ['login.example.com'],
  sampling: true,
  roots: true,
  logging: true,
};

function stdio(era: Era): { readonly command: readonly string[] } {
  return { command: [process.execPath, join(PROJECT, 'test/conformance/fixture/main.ts'), '--stdio', '--era', era] };
}

function policyText(upstream: UpstreamName): string {
  return `
version: 1
upstream: ${upstream}
classes:
  read: [test_*, json_schema_2020_12_tool]
  write: [test_trigger_*]
rules:
  - { id: read, who: { any: true }, tools: { class: read }, effect: allow }
  - { id: change, who: { any: true }, tools: { class: write }, effect: allow, unattended: true }
  - { id: resources, who: { any: true }, resources: ['test://**'], effect: allow, completion: true }
  - { id: prompts, who: { any: true }, prompts: ['test_*'], effect: allow, completion: true }
`;
}
