import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { AuditView } from '../../src/core/admin-api/audit-view.ts';
import type { JsonObject } from '../../src/core/json/value.ts';
import { HOSTS, type Host, type HostRequest, hostRequest, initialize } from './host-request.ts';
import { parseAnswerBody } from './mcp-request.ts';
import { type RawAnswer, type RawRequest, sendRaw } from './raw-http.ts';
import { type RecordingUpstream, startRecordingUpstream, type UpstreamTransport } from './recording-upstream.ts';
import { type GatewayTexts, runGateway, type TestGateway } from './run-gateway.ts';

/** The real gateway before recording upstreams, with people who have some rights and not others. */
export interface World {
  /** Another one in the same directory after a restart. */
  gateway: TestGateway;
  readonly crm: RecordingUpstream;
  readonly mail: RecordingUpstream;
  readonly tokens: Readonly<Record<PersonName, string>>;
  readonly tokenIds: Readonly<Record<PersonName, string>>;
  /** alice's session of a legacy revision. */
  readonly session: string;
  /** What nobody may ever be shown, and no file but the keeper's own may hold. */
  readonly canaries: string[];
  /** A well-formed request of alice's, unless another credential is named. */
  request(host: Host, request: HostRequest): RawRequest;
  send(request: RawRequest): Promise<RawAnswer>;
  /** Entries since the last time they were asked for. */
  newEntries(): Promise<readonly AuditView[]>;
  close(): Promise<void>;
}

export const PEOPLE = ['alice', 'bob', 'carol'] as const;
export type PersonName = (typeof PEOPLE)[number];

const GROUPS: Readonly<Record<PersonName, readonly string[]>> = { alice: ['staff'], bob: ['staff'], carol: [] };

export const TOOLS: readonly JsonObject[] = [
  'read_x',
  'read_y',
  'read_hidden',
  'update_x',
  'delete_x',
  'manage_x',
  'export_x',
  'odd_x',
  'slow_x',
  'remember',
].map((name) => ({ name, description: `Does ${name}`, inputSchema: { type: 'object' } }));

export const CRM_POLICY = `
version: 1
upstream: crm
classes:
  read: [read_*, export_x, slow_x, remember]
  write: [update_x]
  never: [delete_*]
  byArgument:
    manage_x: { argument: action, read: [get], write: [update], never: [purge] }
rules:
  - { id: staff-read, who: { groups: [staff] }, tools: [read_x, read_y, slow_x, remember, 'read_z*'], effect: allow }
  - { id: staff-manage, who: { groups: [staff] }, tools: [manage_x, delete_x], effect: allow }
  - { id: staff-export, who: { groups: [staff], scopes: [crm.export] }, tools: [export_x], effect: allow }
  - { id: staff-write, who: { groups: [staff] }, tools: [update_x], effect: approve, approval: { by: { groups: [leads] } } }
`;

export const MAIL_POLICY = `
version: 1
upstream: mail
classes: { read: [read_x], write: [update_x], never: [] }
rules:
  - { id: staff-read, who: { groups: [staff] }, tools: [read_x], effect: allow }
  - { id: staff-write, who: { groups: [staff] }, tools: [update_x], effect: approve }
`;

export interface WorldOptions {
  readonly transport?: UpstreamTransport;
  readonly tools?: readonly unknown[];
  readonly policies?: GatewayTexts['policies'];
  /** What the configuration lets `crm` ask and say. */
  readonly allow?: JsonObject;
  /** Anything else of its part of the configuration. */
  readonly crm?: JsonObject;
  /** Further lines of the configuration. */
  readonly config?: string;
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const { transport = 'http, modern', tools = TOOLS, policies, allow = {}, crm: more = {}, config = '' } = options;
  const crm = await startRecordingUpstream(transport, tools, 'canary-crm-credential-7f3a');
  const mail = await startRecordingUpstream(transport, tools, 'canary-mail-credential-2b9d');
  const gateway = await runGateway({
    config: `publicUrl: https://gw.example.com\n${config}upstreams:\n  crm: ${withMore(crm.config, { allow, ...more })}\n  mail: ${mail.config}\n`,
    policies: policies ?? { 'crm.yaml': CRM_POLICY, 'mail.yaml': MAIL_POLICY },
  });
  const issued = await Promise.all(PEOPLE.map((user) => gateway.issue({ user, groups: GROUPS[user] })));
  const byName = (of: 'id' | 'token'): Record<PersonName, string> =>
    Object.fromEntries(PEOPLE.map((user, index) => [user, issued[index]?.[of] ?? ''])) as Record<PersonName, string>;
  const tokens = byName('token');
  const session = await initialize(gateway.mcpPort, tokens.alice);
  // Whoever may see payloads leaves an entry for it; this one may not, and costs the log nothing.
  const viewer = await gateway.issue({ user: 'viewer', plane: 'admin', roles: ['viewer'] });
  let sequence = 0;

  const world: World = {
    gateway,
    crm,
    mail,
    tokens,
    session,
    tokenIds: byName('id'),
    canaries: [crm.credential, mail.credential, ...Object.values(tokens), gateway.operator, viewer.token],
    request: (host, request) => hostRequest(host, session, { token: tokens.alice, ...request }),
    send: (request) => sendRaw(world.gateway.mcpPort, request),
    async newEntries() {
      const entries = await world.gateway.entriesAfter(sequence, viewer.token);
      sequence = entries.at(-1)?.seq ?? sequence;
      return entries;
    },
    async close() {
      expect(filesWithSecrets(world), 'files that hold a secret').toEqual([]);
      await world.gateway.close();
      await crm.close();
      await mail.close();
    },
  };
  // Sessions are open, lists are known and processes run before anything is counted.
  for (const host of HOSTS) await callHonestly(world, host);
  await world.newEntries();
  return world;
}

const withMore = (config: string, more: JsonObject): string =>
  JSON.stringify({ ...(JSON.parse(config) as JsonObject), ...more });

/** A sample of the cases, for a place where all of them once more would show nothing new. */
export function sampleOf<T>(cases: readonly T[]): readonly T[] {
  return cases.filter((_, index) => index % 5 === 0);
}

/** All that can be seen of an attack from outside. */
export interface Seen {
  readonly status: number;
  /** Of the JSON-RPC error; `isError` for a tool result that says no. */
  readonly code: number | 'isError' | null;
  /** Of each decision and refusal that the log has of it. */
  readonly reasons: readonly string[];
  /** Bytes that any upstream received. */
  readonly upstreamBytes: number;
  /** Secrets in the answer and in the log. */
  readonly secretsShown: readonly string[];
  /** What the upstream received of the honest request that followed. */
  readonly honestCalls: number;
}

/** What is to be seen of an attack that failed: a refusal, its one entry, and nothing else. */
export function refused(status: number, code: Seen['code'], ...reasons: readonly string[]): Seen {
  return { status, code, reasons, upstreamBytes: 0, secretsShown: [], honestCalls: 1 };
}

/** The first, which is the one that decided. */
function reasonOf(entry: AuditView): string {
  const { reason, reasons } = entry as { readonly reason?: string; readonly reasons?: readonly string[] };
  return reason ?? reasons?.[0] ?? 'none';
}

export type Attack = RawRequest | (() => Promise<RawAnswer>);

/** Sends what an attacker would, then an honest request, and says what was to be seen of both. */
export async function attack(world: World, host: Host, attacked: Attack): Promise<Seen> {
  return (await attackAndAnswer(world, host, attacked)).seen;
}

export async function attackAndAnswer(
  world: World,
  host: Host,
  attacked: Attack,
): Promise<{ readonly seen: Seen; readonly answer: RawAnswer }> {
  await world.newEntries();
  const bytesBefore = bytesSeen(world);
  const callsBefore = world.crm.calls().length;
  const answer = await (typeof attacked === 'function' ? attacked() : world.send(attacked));
  const upstreamBytes = bytesSeen(world) - bytesBefore;

  // Sent last, so its entry is the last one: whatever the log has of the attack stands before it.
  await callHonestly(world, host);
  const entries = await world.newEntries();
  const decided = decisionsIn(entries).slice(0, -1);
  const seen = {
    status: answer.status,
    code: codeOf(answer),
    reasons: decided.map(reasonOf),
    upstreamBytes,
    secretsShown: secretsIn(world, answer.text, JSON.stringify(entries)),
    honestCalls: world.crm.calls().length - callsBefore,
  };
  return { seen, answer };
}

let nonce = 0;

/** Throws unless an honest call gets through, and reaches the upstream as what it is. */
export async function callHonestly(world: World, host: Host): Promise<void> {
  const honest = `honest ${++nonce}`;
  const params = { name: 'crm__read_x', arguments: { honest } };
  const answer = await world.send(world.request(host, { params }));
  const received = world.crm.calls().at(-1);
  if (answer.status === 200 && received?.tool === 'read_x' && received.text.includes(`"${honest}"`)) return;
  throw new Error(`an honest call did not get through: ${answer.text}`);
}

/** The decisions and refusals in some entries, as what a reader of the log asks first. */
export function decisionsIn(entries: readonly AuditView[]): readonly AuditView[] {
  return entries.filter(({ kind }) => kind === 'decision' || kind === 'refusal');
}

/** Which of the secrets stand in some texts. */
export function secretsIn(world: World, ...texts: readonly string[]): readonly string[] {
  return world.canaries.filter((canary) => texts.some((text) => text.includes(canary)));
}

/** Files that the gateway wrote and that hold a secret, save the one that says it does. */
function filesWithSecrets({ gateway, canaries }: World): readonly string[] {
  const dir = join(gateway.home.dir, 'data');
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).map((name) => join(dir, name));
  return files
    .filter((file) => statSync(file).isFile() && !file.endsWith('operator-token'))
    .filter((file) => {
      const bytes = readFileSync(file);
      return canaries.some((canary) => bytes.includes(canary));
    });
}

function codeOf(answer: RawAnswer): Seen['code'] {
  if (answer.body === '') return null;
  const { error, result } = parseAnswerBody(answer);
  if (error !== undefined) return error.code;
  return result?.['isError'] === true ? 'isError' : null;
}

function bytesSeen({ crm, mail }: World): number {
  return crm.bytes().length + mail.bytes().length;
}

let sent: number[] = [];
const UNKNOWN_CALLERS_PER_SECOND = 19;

/** Beyond a rate, refusals of callers whom nobody knows are counted together; a test that wants one entry each waits here. */
export async function paceUnknownCaller(): Promise<void> {
  const nowMs = performance.now();
  sent = sent.filter((ms) => ms > nowMs - 1050);
  const first = sent[0];
  if (sent.length >= UNKNOWN_CALLERS_PER_SECOND && first !== undefined) {
    await new Promise((resolve) => setTimeout(resolve, first + 1050 - nowMs));
  }
  sent.push(performance.now());
}
