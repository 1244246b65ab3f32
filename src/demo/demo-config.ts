import { fileURLToPath } from 'node:url';
import type { TokenRequest } from '../gateway/administration.ts';

/** What `countersign up` runs when there is no configuration: one upstream of our own, on loopback, with a policy to look at. */
export interface DemoPlaces {
  readonly dataDir: string;
  readonly mcp: string;
  readonly admin: string;
}

/** The demo as the configuration file that a reader could have written, so that it is checked like every other. */
export function demoConfigText({ dataDir, mcp, admin }: DemoPlaces): string {
  const server = `./notes-server.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`;
  const quoted = (text: string) => JSON.stringify(text);
  return [
    'version: 1',
    'environment: demo',
    `listen: { mcp: ${quoted(mcp)}, admin: ${quoted(admin)} }`,
    `store: ${quoted(`sqlite:${dataDir}/countersign.db`)}`,
    `policies: ${quoted(fileURLToPath(new URL('../../policies', import.meta.url)))}`,
    'upstreams:',
    '  notes:',
    `    command: [${quoted(process.execPath)}, ${quoted(fileURLToPath(new URL(server, import.meta.url)))}]`,
    '    shared: true',
    '',
  ].join('\n');
}

const DEMO_TOKEN_TTL_MS = 30 * 86_400_000;

/** The two people of the demo: one asks, the other decides. */
export const DEMO_PEOPLE: { readonly requester: TokenRequest; readonly operator: TokenRequest } = {
  requester: {
    plane: 'mcp',
    user: 'alice',
    groups: ['staff'],
    scopes: ['notes.read', 'notes.write'],
    roles: [],
    ttlMs: DEMO_TOKEN_TTL_MS,
  },
  operator: {
    plane: 'admin',
    user: 'olivia',
    groups: ['leads'],
    scopes: [],
    roles: ['approver', 'operator', 'auditor'],
    ttlMs: DEMO_TOKEN_TTL_MS,
  },
};
