import { fileURLToPath } from 'node:url';

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

/** The two people of the demo: one asks, the other approves. */
export const DEMO_REQUESTER = { user: 'alice', groups: ['staff'], scopes: ['notes.read', 'notes.write'] } as const;
export const DEMO_OPERATOR = {
  user: 'olivia',
  groups: ['leads'],
  roles: ['approver', 'operator', 'auditor'],
} as const;
