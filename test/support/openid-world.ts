import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGatewayDir, startIn, type TestGateway } from './run-gateway.ts';

/** A real gateway whose console people enter through a real OpenID provider by others, over real sockets. */
export interface OpenidWorld {
  readonly gateway: TestGateway;
  readonly adminUrl: string;
  readonly issuer: string;
  /** Who sits before the browser: the provider takes their word. `null`: they turn back. */
  person: string | null;
  /** What the provider knows of people, by their subject. */
  readonly people: Map<string, Readonly<Record<string, unknown>>>;
  /** How often the provider asked somebody who they are. */
  asked: number;
  closeProvider(): void;
  close(): Promise<void>;
}

const CLIENT = { client_id: 'countersign', client_secret: 'a secret of the console & more' };

const POLICY = `
version: 1
upstream: notes
classes: { read: [list, get, search], write: [create, update, send], never: [delete_all] }
rules:
  - { id: staff-read, who: { groups: [staff] }, tools: { class: read }, effect: allow }
  - id: staff-write
    who: { groups: [staff] }
    tools: { class: write }
    effect: approve
    approval: { by: { groups: [leads] } }
    reason: A lead confirms every change
`;

export async function startOpenidWorld(
  options: {
    /** More lines of `console`, indented by two. */
    readonly console?: string;
    /** More members of `console.oidc`. */
    readonly oidc?: string;
    readonly upstreams?: string;
    readonly claims?: Readonly<Record<string, readonly string[]>>;
  } = {},
): Promise<OpenidWorld> {
  const adminPort = await freePort();
  const adminUrl = `http://127.0.0.1:${adminPort}`;
  const people = new Map<string, Readonly<Record<string, unknown>>>();
  const server = createServer();
  const issuer = `http://127.0.0.1:${await listen(server)}`;
  const state = { person: 'olivia' as string | null, asked: 0 };
  const provider = await createProvider(issuer, adminUrl, people, options.claims);
  const answer = provider.callback();
  server.on('request', (request, response) => {
    if (request.url?.startsWith('/interaction/') !== true) return void answer(request, response);
    state.asked += 1;
    const result =
      state.person === null ? { error: 'access_denied' } : { login: { accountId: state.person, amr: ['pwd'] } };
    void provider.interactionFinished(request, response, result);
  });
  const closeProvider = (): void => {
    server.close();
    server.closeAllConnections();
  };
  const config = `upstreams: ${options.upstreams ?? '{}'}
console:
  oidc: { issuer: "${issuer}", clientId: countersign, clientSecret: "\${env:OIDC_SECRET}", ${options.oidc ?? ''} }
${options.console ?? '  roles: { approver: [group:leads], operator: [group:platform], auditor: ["user:anna"] }'}
`;
  const home = createGatewayDir(
    { config, policies: { 'notes.yaml': POLICY } },
    `listen: { mcp: 127.0.0.1:0, admin: 127.0.0.1:${adminPort} }\n`,
  );
  const gateway = await startIn(home, { OIDC_SECRET: CLIENT.client_secret });
  return Object.assign(state, {
    gateway,
    adminUrl,
    issuer,
    people,
    closeProvider,
    async close() {
      await gateway.close();
      closeProvider();
    },
  });
}

interface Provider {
  callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  interactionFinished(request: IncomingMessage, response: ServerResponse, result: unknown): Promise<void>;
}

interface Context {
  readonly oidc: {
    readonly client: { readonly clientId: string };
    readonly session: { readonly accountId: string };
    readonly provider: {
      readonly Grant: new (fields: {
        readonly clientId: string;
        readonly accountId: string;
      }) => {
        addOIDCScope(scope: string): void;
        save(): Promise<string>;
      };
    };
  };
}

async function createProvider(
  issuer: string,
  adminUrl: string,
  people: OpenidWorld['people'],
  claims: Readonly<Record<string, readonly string[]>> = { openid: ['sub'], profile: ['name'], groups: ['groups'] },
): Promise<Provider> {
  const { default: OpenidServer } = (await import('oidc-provider')) as {
    readonly default: new (issuer: string, configuration: Readonly<Record<string, unknown>>) => Provider;
  };
  return new OpenidServer(issuer, {
    clients: [{ ...CLIENT, redirect_uris: [`${adminUrl}/oidc/callback`] }],
    claims,
    scopes: ['openid', 'profile', 'email', 'groups'],
    cookies: { keys: ['a key of the provider'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_: Context, { uid }: { readonly uid: string }) => `/interaction/${uid}` },
    findAccount: (_: Context, sub: string) => ({ accountId: sub, claims: () => ({ sub, ...people.get(sub) }) }),
    loadExistingGrant: async ({ oidc }: Context) => {
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope('openid profile email groups');
      await grant.save();
      return grant;
    },
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
