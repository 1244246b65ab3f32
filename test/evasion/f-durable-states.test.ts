import { cpSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../src/core/json/value.ts';
import { startAskingUpstream } from '../support/asking-upstream.ts';
import { createModernHost, modernParams, type WireMessage } from '../support/conversing-host.ts';
import { type GatewayClient, type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { createGatewayDir, type GatewayDir } from '../support/run-gateway.ts';
import { NAME_FORM, type RoundsUpstream, startRoundsUpstream } from '../support/rounds-upstream.ts';
import type { ScriptedUpstream } from '../support/scripted-upstream.ts';

// F10, F11 once more, over the end of a process: what the next one makes of a state that it did not give out, and of one that it should.

// Each case starts several processes, which a busy machine takes its time for.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const CAPABILITIES: JsonObject = { elicitation: {} };
const YES: JsonObject = { action: 'accept', content: { name: 'Ann' } };
const ALLOW = 'allow: { elicitation: [form] }';
const policy = (upstream: string, read = 'allow'): string => `
version: 1
upstream: ${upstream}
classes: { read: [ask, other], write: [change], never: [] }
rules:
  - { id: read, who: { any: true }, tools: { class: read }, effect: ${read} }
  - { id: write, who: { any: true }, tools: { class: write }, effect: approve }
`;

let home: GatewayDir;
let crm: RoundsUpstream;
let old: ScriptedUpstream;
let running: GatewayProcess;
let gateway: GatewayClient;
let alice: string;

beforeEach(async () => {
  crm = await startRoundsUpstream();
  old = await startAskingUpstream('legacy');
  home = createGatewayDir({
    config: `environment: test
environments: { test: { approvals: { hold: 100ms } } }
upstreams:
  crm: { url: '${crm.url}', era: modern, ${ALLOW} }
  twin: { url: '${crm.url}', era: modern, ${ALLOW} }
  old: { url: '${old.url}', era: legacy, ${ALLOW} }
`,
    policies: { 'crm.yaml': policy('crm'), 'twin.yaml': policy('twin'), 'old.yaml': policy('old') },
  });
  await start();
  alice = (await gateway.issue({ user: 'alice' })).token;
});
afterEach(async () => {
  await running.stop('SIGKILL');
  await Promise.all([crm.close(), old.close()]);
  home.remove();
});

async function start(): Promise<void> {
  running = startGatewayProcess(home);
  gateway = await running.ready();
}

async function restart(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  await running.stop(signal);
  await start();
}

interface Wish {
  readonly tool?: string;
  readonly args?: JsonObject;
  readonly token?: string;
  readonly state?: string;
  readonly input?: JsonObject;
}

async function send({ tool = 'crm__ask', args = {}, token = alice, state, input }: Wish = {}): Promise<WireMessage> {
  const host = createModernHost({ port: gateway.mcpPort, token, capabilities: CAPABILITIES });
  const continued = state === undefined ? {} : { requestState: state, inputResponses: input ?? { who: YES } };
  const params = modernParams({ name: tool, arguments: args, ...continued }, CAPABILITIES);
  const { status, messages } = await host.post({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
  return messages.at(-1) ?? { error: { code: status, message: 'no message' } };
}

async function asked(wish: Wish = {}): Promise<string> {
  const { result, error } = await send(wish);
  if (typeof result?.['requestState'] !== 'string') throw new Error(`not asked: ${JSON.stringify(result ?? error)}`);
  return result['requestState'];
}

const textOf = ({ result, error }: WireMessage): string => error?.message ?? JSON.stringify(result?.['content']);
const codeOf = ({ error, result }: WireMessage): unknown => error?.code ?? result?.['resultType'];

const byText = (a: string, b: string): number => (a < b ? -1 : 1);

interface Entry extends Readonly<Record<string, unknown>> {
  readonly kind: string;
}
const entriesOf = async (kind: string): Promise<readonly Entry[]> =>
  ((await gateway.entriesAfter(0)) as unknown as readonly Entry[]).filter((entry) => entry.kind === kind);

async function approve(wish: Wish): Promise<string> {
  const pending = await send(wish);
  const approvalId = (pending.result?.['structuredContent'] as { approvalId?: string } | undefined)?.approvalId ?? '';
  const { token } = await gateway.issue({ user: 'olivia', plane: 'admin', roles: ['approver'] });
  expect((await gateway.admin('POST', `/api/approvals/${approvalId}/approve`, {}, token)).status).toBe(200);
  return approvalId;
}

const statusOf = async (id: string): Promise<unknown> =>
  (await gateway.admin('GET', `/api/approvals/${id}`)).json['status'];

describe('after a gateway was killed, a call that waits for its host', () => {
  it('goes on, round by round, over another end, and is one call in the log', async () => {
    const args = { rounds: 3 };
    let state = await asked({ args });
    await restart();
    state = await asked({ args, state });
    await restart('SIGTERM');
    state = await asked({ args, state, input: {} });
    state = await asked({ args, state });
    await restart();
    expect(textOf(await send({ args, state }))).toContain(
      JSON.stringify(JSON.stringify([1, 2, 3].map(() => ({ who: YES })))).slice(1, -1),
    );
    expect(crm.rounds().map(({ requestState }) => JSON.parse(String(requestState)) as unknown)).toEqual(
      [0, 1, 2].map((told) => ({ told: Array.from({ length: told }, () => ({ who: YES })), pad: '', 'quote"': '\\' })),
    );
    const decisions = (await entriesOf('decision')).filter(({ tool }) => tool === 'ask');
    expect(decisions).toHaveLength(1);
    const own = { callId: decisions[0]?.['callId'] };
    expect(await entriesOf('outcome')).toMatchObject([{ ...own, outcome: 'ok' }]);
    const changes = (await entriesOf('ask')).map(({ change, callId }) => ({ change, callId }));
    expect(changes.map(({ change }) => change)).toEqual(
      ['asked continued answered', 'asked continued continued answered', 'asked continued answered'].flatMap((round) =>
        round.split(' '),
      ),
    );
    expect(new Set(changes.map(({ callId }) => callId))).toEqual(new Set([own.callId]));
  });

  it('that a person approved spends nothing again, and has its result kept', async () => {
    const wish = { tool: 'crm__change', args: { rounds: 2 } };
    const approvalId = await approve(wish);
    const first = await asked(wish);
    await restart();
    expect(await statusOf(approvalId)).toBe('executing');
    const second = await asked({ ...wish, state: first });
    await restart();
    expect(codeOf(await send({ ...wish, state: second }))).toBe('complete');
    expect(await statusOf(approvalId)).toBe('executed');
    expect(textOf(await send(wish))).toContain('Ann');
    expect(codeOf(await send({ ...wish, state: second }))).toBe(-32602);
    expect(crm.rounds()).toHaveLength(2);
    expect(await entriesOf('dispatch')).toHaveLength(1);
    expect(await entriesOf('outcome')).toMatchObject([{ outcome: 'ok', approvalId }]);
  });

  it('opens for its person, client, tool, upstream, path and arguments alone, and once', async () => {
    const args = { rounds: 2 };
    const bob = (await gateway.issue({ user: 'bob' })).token;
    const otherClient = (await gateway.issue({ user: 'alice' })).token;
    const used = await asked({ args: { ...args, used: 1 } });
    const next = await asked({ args: { ...args, used: 1 }, state: used });
    const state = await asked({ args });
    const before = crm.rounds().length;
    await restart();
    for (const wish of [
      { token: bob },
      { token: otherClient },
      { tool: 'crm__other' },
      { tool: 'crm__change' },
      { tool: 'twin__ask' },
      { args: { rounds: 1 } },
      { args: { ...args, used: 1 } },
      { state: state.slice(0, -8) },
      { state: `${state}AAAA` },
      { state: `${state.slice(0, 40)}${state[40] === 'A' ? 'B' : 'A'}${state.slice(41)}` },
      { state: 'cs1.' },
      { state: `cs1.${'A'.repeat(60_000)}` },
      { state: `${state}${'A'.repeat(70_000)}` },
      { state: used, args: { ...args, used: 1 } },
    ]) {
      expect([wish, codeOf(await send({ args, state, ...wish }))]).toEqual([wish, -32602]);
    }
    expect(crm.rounds()).toHaveLength(before);
    const together = await Promise.all([1, 2, 3].map(() => send({ args, state })));
    expect(together.map((answer) => String(codeOf(answer))).toSorted(byText)).toEqual([
      '-32602',
      '-32602',
      'input_required',
    ]);
    expect(crm.rounds()).toHaveLength(before + 1);
    expect(codeOf(await send({ args, state }))).toBe(-32602);
    expect(codeOf(await send({ args: { ...args, used: 1 }, state: next }))).toBe('complete');
  });

  it('does not open where the database is one from before it was asked', async () => {
    const dir = dirname(home.storeFile);
    await running.stop('SIGKILL');
    cpSync(dir, `${dir}.before`, { recursive: true });
    await start();
    const state = await asked();
    await running.stop('SIGKILL');
    for (const name of readdirSync(dir)) if (name.startsWith('countersign.db')) rmSync(join(dir, name));
    cpSync(`${dir}.before`, dir, { recursive: true });
    await start();
    const answer = await send({ state });
    expect([codeOf(answer), textOf(answer)]).toEqual([-32602, expect.stringContaining('start the call again')]);
    expect(crm.rounds()).toEqual([]);
  });

  it('is not answered a second time where all was put back as it was when it waited, but for the key', async () => {
    const dir = dirname(home.storeFile);
    const state = await asked();
    await running.stop('SIGKILL');
    cpSync(dir, `${dir}.before`, { recursive: true });
    await start();
    expect(codeOf(await send({ state }))).toBe('complete');
    await running.stop('SIGKILL');
    rmSync(dir, { recursive: true });
    cpSync(`${dir}.before`, dir, { recursive: true });
    rmSync(join(dir, 'keys', 'states.key'));
    const before = crm.rounds().length;
    await start();
    expect(codeOf(await send({ state }))).toBe(-32602);
    expect(crm.rounds()).toHaveLength(before);
  });

  it('does not open for a gateway with other keys', async () => {
    const state = await asked();
    const elsewhere = createGatewayDir({
      config: `upstreams: { crm: { url: '${crm.url}', era: modern, ${ALLOW} } }\n`,
      policies: { 'crm.yaml': policy('crm') },
    });
    const other = startGatewayProcess(elsewhere);
    const client = await other.ready();
    const { token } = await client.issue({ user: 'alice' });
    const own = gateway;
    gateway = client;
    expect(codeOf(await send({ token, state }))).toBe(-32602);
    gateway = own;
    await other.stop('SIGKILL');
    elsewhere.remove();
    expect(crm.rounds()).toEqual([]);
    expect(codeOf(await send({ state }))).toBe('complete');
  });

  it('says honestly that it is over where only the process could go on', async () => {
    const legacy = { tool: 'old__ask', args: { questions: { who: NAME_FORM } } };
    const large = { args: { pad: 20_000 } };
    const states = [await asked(legacy), await asked(large)];
    expect(codeOf(await send({ ...large, state: states[1] ?? '' }))).toBe('complete');
    const again = await asked(large);
    await restart();
    const rounds = crm.rounds().length;
    for (const wish of [
      { ...legacy, state: states[0] ?? '' },
      { ...large, state: again },
    ]) {
      const answer = await send(wish);
      expect([codeOf(answer), textOf(answer)]).toEqual([-32602, expect.stringContaining('start the call again')]);
    }
    expect(crm.rounds()).toHaveLength(rounds);
    expect((await entriesOf('outcome')).map(({ outcome }) => outcome)).toEqual(['ok', 'unknown', 'unknown']);
    const denials = (await entriesOf('decision')).filter(({ decision }) => decision === 'deny');
    expect(denials.map(({ reasons }) => reasons)).toEqual([['call_lost'], ['call_lost']]);
  });

  it('is not sent again where the end came after its answer', async () => {
    const wish = { tool: 'crm__change' };
    const approvalId = await approve(wish);
    const state = await asked(wish);
    crm.hold();
    const cutOff = send({ ...wish, state }).catch(() => 'cut off');
    await expect.poll(() => crm.rounds().length).toBe(1);
    await restart();
    expect(await cutOff).toBe('cut off');
    expect(codeOf(await send({ ...wish, state }))).toBe(-32602);
    expect(crm.rounds()).toHaveLength(1);
    expect(await statusOf(approvalId)).toBe('outcome-unknown');
  });
});

describe('after a gateway was killed, a call that waits for its host does not go on', () => {
  const kill = async (scope: JsonObject): Promise<void> => {
    const pulled = await gateway.admin('POST', '/api/kill-switch', { scope, reason: 'drill' });
    expect((await gateway.admin('DELETE', `/api/kill-switch/${String(pulled.json['id'])}`)).status).toBe(200);
  };
  const outcomes = async (): Promise<readonly unknown[]> => (await entriesOf('outcome')).map(({ outcome }) => outcome);

  it('once a kill switch covered it, also where that is released again, and others do', async () => {
    const wish = { tool: 'crm__change' };
    const approvalId = await approve(wish);
    const state = await asked(wish);
    const read = await asked();
    await restart();
    await kill({ writes: true });
    expect(codeOf(await send({ ...wish, state }))).toBe(-32602);
    expect(crm.rounds()).toEqual([]);
    expect(await statusOf(approvalId)).toBe('outcome-unknown');
    expect(await outcomes()).toEqual(['killed']);
    expect(codeOf(await send({ state: read }))).toBe('complete');
  });

  it('once policy denies it, or asks a person', async () => {
    const denied = await asked();
    home.writePolicy('crm.yaml', policy('crm', 'deny'));
    await restart();
    expect(JSON.stringify((await send({ state: denied })).result)).toContain('rule_denies');
    home.writePolicy('crm.yaml', policy('crm'));
    await restart();
    expect(codeOf(await send({ state: denied }))).toBe(-32602);
    const unasked = await asked();
    home.writePolicy('crm.yaml', policy('crm', 'approve'));
    await restart();
    expect(codeOf(await send({ state: unasked }))).toBe(-32602);
    expect(crm.rounds()).toEqual([]);
    expect(await outcomes()).toEqual(['aborted', 'aborted']);
  });

  it('where it was approved under another policy', async () => {
    const wish = { tool: 'crm__change' };
    const approvalId = await approve(wish);
    const state = await asked(wish);
    home.writePolicy(
      'crm.yaml',
      `${policy('crm')}  - { id: more, who: { any: true }, tools: [none_such], effect: deny }\n`,
    );
    await restart();
    expect(codeOf(await send({ ...wish, state }))).toBe(-32602);
    expect([crm.rounds(), await statusOf(approvalId)]).toEqual([[], 'outcome-unknown']);
  });

  it('once its credential is revoked', async () => {
    const { id, token } = await gateway.issue({ user: 'alice' });
    const state = await asked({ token });
    await restart();
    expect((await gateway.admin('DELETE', `/api/tokens/${id}`)).status).toBe(200);
    await expect.poll(outcomes).toEqual(['aborted']);
    expect(codeOf(await send({ token, state }))).not.toBe('complete');
    expect(crm.rounds()).toEqual([]);
  });

  it('once its tool is another', async () => {
    const state = await asked();
    crm.redefine('Sends everything away');
    await restart();
    expect(codeOf(await send({ state }))).toBe(-32602);
    expect(crm.rounds()).toEqual([]);
  });

  it('once the operator lets its upstream ask nothing', async () => {
    const state = await asked();
    home.rewriteConfig((text) => text.replaceAll(ALLOW, 'allow: {}'));
    await restart();
    expect(codeOf(await send({ state }))).not.toBe('input_required');
    expect(crm.rounds()).toEqual([]);
  });
});
