import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningGateway, startGateway } from '../../src/compose.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { loadPolicies } from '../../src/config/load-policies.ts';
import { renderProblems } from '../../src/config/render-problems.ts';
import type { AuditView } from '../../src/core/admin-api/audit-view.ts';
import type { CreatedToken } from '../../src/core/admin-api/token-view.ts';
import type { Problem } from '../../src/core/problem.ts';
import type { Result } from '../../src/core/result.ts';
import { type RawAnswer, sendRaw } from './raw-http.ts';

/** What an operator would have written. */
export interface GatewayTexts {
  /** `countersign.yaml` without `version`, `listen`, `store` and `policies`, which a test is given. */
  readonly config: string;
  /** Policies by the names of their files. */
  readonly policies: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** A directory with a configuration and policies, in which a gateway can be started, here or as a process, as often as a test likes. */
export interface GatewayDir {
  readonly dir: string;
  readonly configFile: string;
  readonly storeFile: string;
  writePolicy(name: string, text: string): void;
  /** Changes the configuration, for the next start. */
  rewriteConfig(change: (text: string) => string): void;
  remove(): void;
}

/** `listen` takes the place of free ports on loopback. */
export function createGatewayDir({ config, policies }: GatewayTexts, listen: string = LISTEN): GatewayDir {
  const dir = mkdtempSync(join(tmpdir(), 'countersign-gateway-'));
  const configFile = join(dir, 'countersign.yaml');
  mkdirSync(join(dir, 'policies'), { mode: 0o700 });
  writeFileSync(configFile, `version: 1\n${listen}${OWN_LINES}${config}`, { mode: 0o600 });
  const writePolicy = (name: string, text: string): void =>
    writeFileSync(join(dir, 'policies', name), text, { mode: 0o600 });
  for (const [name, text] of Object.entries(policies)) writePolicy(name, text);
  return {
    dir,
    configFile,
    storeFile: join(dir, 'data', 'countersign.db'),
    writePolicy,
    rewriteConfig: (change) => writeFileSync(configFile, change(readFileSync(configFile, 'utf8')), { mode: 0o600 }),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

const LISTEN = 'listen: { mcp: 127.0.0.1:0, admin: 127.0.0.1:0 }\n';
const OWN_LINES = 'store: sqlite:./data/countersign.db\npolicies: ./policies\n';

export interface TestGateway {
  readonly mcpPort: number;
  readonly adminPort: number;
  readonly home: GatewayDir;
  /** The first operator's token. */
  readonly operator: string;
  /** The admin API, as whoever the token belongs to; the first operator unless said otherwise. `null` sends none. */
  admin(method: string, path: string, body?: unknown, token?: string | null): Promise<AdminAnswer>;
  issue(request: TokenWish): Promise<CreatedToken>;
  /** The entries after a sequence number, with their payloads where the token is an auditor's: the first operator's is. */
  entriesAfter(sequence: number, token?: string): Promise<readonly AuditView[]>;
  /** Stops the gateway; its directory stays. */
  stop(): Promise<void>;
  /** Stops the gateway and removes its directory. */
  close(): Promise<void>;
}

export interface TokenWish {
  readonly user: string;
  readonly plane?: 'mcp' | 'admin';
  readonly groups?: readonly string[];
  readonly scopes?: readonly string[];
  readonly roles?: readonly string[];
  readonly ttl?: string;
}

export interface AdminAnswer extends RawAnswer {
  readonly json: Readonly<Record<string, unknown>>;
}

/** The real gateway in this process: real sockets on free ports, a real store in a directory of its own. */
export async function runGateway(texts: GatewayTexts): Promise<TestGateway> {
  return startIn(createGatewayDir(texts), texts.env);
}

/** The same in a directory that is there already, as after a restart. */
export async function startIn(home: GatewayDir, env: GatewayTexts['env'] = {}): Promise<TestGateway> {
  const parsed = parseConfig('countersign.yaml', readFileSync(home.configFile), home.dir, env);
  const config = orThrow(parsed);
  const policy = orThrow(await loadPolicies(config.policiesDir, config.policyOptions));
  const running = await startGateway({
    config,
    policy,
    loadPolicy: async (dir) => {
      const loaded = await loadPolicies(dir, config.policyOptions);
      return loaded.ok ? loaded.value : loaded.error.map(({ place, message }) => `${place}: ${message}`).join('\n');
    },
    version: '0.0.0-test',
    demo: null,
  });
  return { ...clientOf(running, home), stop: () => running.close(), close: () => closeAll(running, home) };
}

/** What a test does with a gateway, wherever that runs. */
export function clientOf(
  running: Pick<RunningGateway, 'mcpUrl' | 'adminUrl'>,
  home: GatewayDir,
): Omit<TestGateway, 'stop' | 'close'> {
  const adminPort = portOf(running.adminUrl);
  const operator = readFileSync(join(home.dir, 'data', 'operator-token'), 'utf8').trim();
  const client: Omit<TestGateway, 'stop' | 'close'> = {
    home,
    operator,
    adminPort,
    mcpPort: portOf(running.mcpUrl),
    async admin(method, path, body, token = operator) {
      const credential = token === null ? [] : [['Authorization', `Bearer ${token}`] as const];
      const type = body === undefined ? [] : [['Content-Type', 'application/json'] as const];
      const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
      const answer = await sendRaw(adminPort, { method, path, headers: [...credential, ...type], body: text });
      const isJson = /json(?!l)/.test(answer.headers.get('content-type') ?? '');
      const utf8 = Buffer.from(answer.body, 'latin1').toString('utf8');
      return { ...answer, json: isJson && utf8 !== '' ? JSON.parse(utf8) : {} };
    },
    async issue(request) {
      const made = await client.admin('POST', '/api/tokens', { ttl: '1h', ...request });
      if (made.status !== 200) throw new Error(`no token: ${made.body}`);
      return made.json as unknown as CreatedToken;
    },
    async entriesAfter(sequence, token) {
      const entries: AuditView[] = [];
      for (;;) {
        const after = entries.at(-1)?.seq ?? sequence;
        const { json } = await client.admin('GET', `/api/audit?after=${after}&limit=500`, undefined, token);
        const page = json['entries'] as readonly AuditView[];
        entries.push(...page);
        // A page may be short where entries are large; only an empty one is the last.
        if (page.length === 0) return entries;
      }
    },
  };
  return client;
}

async function closeAll(running: RunningGateway, home: GatewayDir): Promise<void> {
  await running.close();
  home.remove();
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

function orThrow<T>(result: Result<T, readonly Problem[]>): T {
  if (result.ok) return result.value;
  throw new Error(renderProblems(result.error, { color: false }));
}
