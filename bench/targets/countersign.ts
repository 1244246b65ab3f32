import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ok } from '../../src/core/result.ts';
import { asShipped } from './as-shipped.ts';
import type { RunningTarget, StartTarget, TargetSetup } from './target.ts';

/** The gateway as an operator runs it: a token checked, a policy decided, two durable audit entries for each call. */
export const startCountersign: StartTarget = async (setup) => ok(await startGateway(setup));

export interface RunningGateway extends RunningTarget {
  readonly token: string;
  /** A token for somebody, with the rights of `ben` unless their groups are given. */
  issueToken(user: string, groups?: readonly string[]): Promise<string>;
}

export interface GatewaySetup extends Pick<TargetSetup, 'upstreamUrl' | 'placement' | 'processes'> {
  /** Where it keeps everything; a folder of its own unless said otherwise. */
  readonly folder?: string;
  /** Of the upstream `bench`. */
  readonly policy?: string;
}

export async function startGateway({
  upstreamUrl,
  placement,
  processes,
  folder = processes.createFolder(),
  policy = POLICY,
}: GatewaySetup): Promise<RunningGateway> {
  mkdirSync(join(folder, 'policies'));
  writeFileSync(join(folder, 'policies', 'bench.yaml'), policy);
  const configFile = join(folder, 'countersign.yaml');
  writeFileSync(configFile, configText(upstreamUrl));

  const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
  const { env, flags } = asShipped();
  const args = [...flags, main, 'up', '--config', configFile, '--json'];
  const gateway = processes.start({
    name: 'countersign',
    prefix: [...placement.target, 'env', ...env],
    program: process.execPath,
    args,
  });
  const ready = JSON.parse(await gateway.firstLine(READY_MS_MAX)) as Ready;
  const operatorToken = readFileSync(join(folder, 'data', 'operator-token'), 'utf8').trim();
  const issueToken = (user: string, groups = GROUPS) =>
    gateway.aliveDuring(createToken(ready.adminUrl, operatorToken, user, groups));
  const url = `${ready.mcpUrl.replace(/\/$/, '')}/${UPSTREAM}`;
  return { url, token: await issueToken('ben'), pid: ready.pid, issueToken };
}

/** What `up --json` prints when it is ready. */
interface Ready {
  readonly mcpUrl: string;
  readonly adminUrl: string;
  readonly pid: number;
}

const UPSTREAM = 'bench';
const GROUPS: readonly string[] = ['bench', 'staff'];
const READY_MS_MAX = 30_000;

function configText(upstreamUrl: string): string {
  return `version: 1
listen: { mcp: '127.0.0.1:0', admin: '127.0.0.1:0' }
store: sqlite:./data/countersign.db
policies: ./policies
upstreams:
  ${UPSTREAM}:
    url: ${upstreamUrl}
`;
}

/** As many rules as a real policy has, of which most are about somebody or something else. */
const POLICY = `version: 1
upstream: ${UPSTREAM}
classes:
  read: [bench, other_0, other_1, 'search_*', 'list_*', 'get_*']
  write: ['create_*', 'update_*', 'send_*']
  never: ['delete_*', export_all]
rules:
  - { id: bench-read, who: { groups: [bench], scopes: [bench.read] }, tools: { class: read }, effect: allow }
  - { id: sales-read, who: { groups: [sales, sales-leads] }, tools: { class: read }, effect: allow }
  - { id: support-read, who: { groups: [support] }, tools: ['get_*', 'search_*'], effect: allow }
  - { id: finance-read, who: { groups: [finance], scopes: [crm.read] }, tools: ['list_*'], effect: allow }
  - { id: auditors-read, who: { groups: [auditors] }, tools: { class: read }, effect: allow }
  - { id: sales-create, who: { groups: [sales] }, tools: ['create_*'], effect: approve }
  - { id: sales-update, who: { groups: [sales] }, tools: ['update_*'], effect: approve, approval: { by: { groups: [sales-leads] } } }
  - { id: leads-send, who: { groups: [sales-leads] }, tools: ['send_*'], effect: approve }
  - { id: contractors-no-search, who: { groups: [contractors] }, tools: ['search_*'], effect: deny }
  - { id: interns-no-writes, who: { groups: [interns] }, tools: { class: write }, effect: deny }
  - { id: left-the-company, who: { users: [mallory, trudy] }, tools: ['*'], effect: deny }
`;

async function createToken(
  adminUrl: string,
  operatorToken: string,
  user: string,
  groups: readonly string[],
): Promise<string> {
  const request = {
    user,
    plane: 'mcp',
    groups,
    scopes: ['bench.read'],
    roles: [],
    ttl: '1h',
  };
  const answer = await fetch(new URL('/api/tokens', adminUrl), {
    method: 'POST',
    headers: { authorization: `Bearer ${operatorToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(request),
    signal: AbortSignal.timeout(READY_MS_MAX),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`countersign: POST /api/tokens answered ${answer.status}: ${text.slice(0, 500)}`);
  return (JSON.parse(text) as { readonly token: string }).token;
}
