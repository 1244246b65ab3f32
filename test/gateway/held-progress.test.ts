import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ApprovalId } from '../../src/core/approval/approval.ts';
import { issueToken } from '../../src/gateway/administration/tokens.ts';
import type { HostCall, HostStream } from '../../src/gateway/gateway.ts';
import type { UpstreamProgress } from '../../src/ports/upstream.ts';
import { administrator, createGatewayRig, type GatewayRig, person } from '../support/gateway-rig.ts';
import { contextFor, quietStream } from '../support/host-context.ts';

// What a host that gave a token hears while its call waits for a person, by a clock that the test turns.

const POLICY = `
version: 1
upstream: notes
classes: { write: [update] }
rules: [{ id: change, who: { groups: [staff] }, tools: [update], effect: approve }]
`;
const SECOND = 1000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A call by a host of that name, held until somebody decides or its time is up. */
async function hold(hostName: string, { holdMs = 0, wantsProgress = true } = {}) {
  const rig = await createGatewayRig({ policies: [POLICY], upstreams: { notes: ['update'] }, approvals: { holdMs } });
  const told: UpstreamProgress[] = [];
  const stream: HostStream = { ...quietStream(true), wantsProgress, progress: (progress) => void told.push(progress) };
  const host = new AbortController();
  const context = contextFor({
    callId: rig.deps.ids.next('call'),
    principal: person('alice'),
    revision: '2026-07-28',
    signal: host.signal,
  });
  const args = { id: 1 };
  const exposedName = 'notes__update';
  const call: HostCall = {
    context: { ...context, hostName },
    kind: 'tool',
    exposedName,
    args,
    stream,
    continuation: null,
  };
  let isAnswered = false;
  const answer = rig.gateway.call(call).finally(() => {
    isAnswered = true;
  });
  await until(() => rig.deps.desk.waiting === 1 || isAnswered);
  const [asked] = await rig.store.approvals.list({ status: 'pending', limit: 1 });
  return { rig, host, told, answer, id: asked?.id as ApprovalId };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo())
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
}

function pass(rig: GatewayRig, ms: number): void {
  for (let passed = 0; passed < ms; passed += SECOND) {
    rig.clock.advance(SECOND);
    vi.advanceTimersByTime(SECOND);
  }
}

const increases = (told: readonly UpstreamProgress[]): boolean =>
  told.every(({ progress }, index) => index === 0 || progress > (told[index - 1]?.progress ?? Infinity));

describe('a host that waits for a person', () => {
  it.each([
    ['cursor', 60, 50],
    ['a-host', 60, 50],
    ['claude-ai', 240, 200],
    ['codex', 300, 270],
  ])('%s, which gives up after %d s, is told every 15 s until its hold of %d s is over', async (name, limit, held) => {
    const { rig, told, answer, id } = await hold(name, { holdMs: 50 * SECOND });
    pass(rig, (held - 1) * SECOND);
    expect(rig.deps.desk.waiting).toBe(1);
    pass(rig, SECOND);
    expect(await answer).toMatchObject({ kind: 'result' });
    expect(increases(told)).toBe(true);
    const url = `http://127.0.0.1:8421/approvals/${id}`;
    expect(told[0]).toEqual({ progress: 0, total: null, message: `waiting for approval ${id}: ${url}` });
    const seconds = told.map(({ message }) =>
      Number(/^waiting for approval \S+ for (\d+) s: /.exec(message ?? '')?.[1] ?? 0),
    );
    const gaps = [...seconds, held].slice(1).map((at, index) => at - (seconds[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(15);
    const count = told.length;
    expect(count).toBeLessThan(30);
    pass(rig, limit * SECOND);
    expect(told).toHaveLength(count);
  });

  it('is told no number that what the upstream tells later would not exceed', async () => {
    const { rig, told, answer, id } = await hold('gemini-cli');
    const notes = rig.upstreams.get('notes');
    if (notes !== undefined) {
      const run = notes.answer;
      notes.answer = (call) => {
        call.onProgress?.({ progress: 1, total: 3, message: null });
        return run(call);
      };
    }
    pass(rig, 500 * SECOND);
    const olivia = { plane: 'admin', user: 'olivia', groups: [], scopes: [], roles: ['approver'], ttlMs: 1e9 } as const;
    await issueToken({ ...rig.deps, tokens: rig.store.tokens }, olivia, 'test');
    await rig.administration.approve(administrator('olivia'), id, null, null);
    await answer;
    expect(told.at(-1)).toMatchObject({ progress: 1, total: 3 });
    expect(told.length).toBeGreaterThan(30);
    expect(increases(told)).toBe(true);
  });

  it('is told nothing once somebody decided', async () => {
    const { rig, told, answer, id } = await hold('claude-ai');
    pass(rig, 31 * SECOND);
    await rig.administration.reject(administrator('olivia'), id, null);
    await answer;
    const count = told.length;
    expect(count).toBe(3);
    pass(rig, 60 * SECOND);
    expect(told).toHaveLength(count);
  });

  it('is told nothing once it is gone', async () => {
    const { rig, host, told, answer } = await hold('claude-ai');
    pass(rig, 16 * SECOND);
    host.abort();
    await answer;
    pass(rig, 60 * SECOND);
    expect(told).toHaveLength(2);
  });

  it('is told nothing where it gave no token, and is not told again where it is not held', async () => {
    const quiet = await hold('claude-ai', { wantsProgress: false });
    pass(quiet.rig, 60 * SECOND);
    expect(quiet.told).toEqual([]);
    quiet.host.abort();
    await quiet.answer;
    const unheld = await hold('a-host');
    expect(await unheld.answer).toMatchObject({ kind: 'result' });
    pass(unheld.rig, 60 * SECOND);
    expect(unheld.told).toHaveLength(1);
  });
});
