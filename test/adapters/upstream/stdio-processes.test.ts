import { describe, expect, it } from 'vitest';
import { callOf, faultOf, isRunning, isThere, resultText, saidBy, startStdioRig } from '../../support/upstream-rig.ts';

const allGone = (pids: readonly number[]): Promise<void> => expect.poll(() => pids.filter(isThere)).toEqual([]);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('processes', () => {
  it('are never shared by two principals (G09)', async () => {
    const { upstream, starts } = startStdioRig();
    const remember = (name: string) =>
      upstream.call(callOf({ tool: 'remember', argumentsJson: `{"me":"${name}"}` }, name));
    const first = await Promise.all(['alice', 'bob', 'carol'].map(remember));
    expect(first.map(saidBy)).toEqual([null, null, null]);
    const second = await Promise.all(['carol', 'alice', 'bob'].map(remember));
    expect(second.map(saidBy)).toEqual([{ me: 'carol' }, { me: 'alice' }, { me: 'bob' }]);
    expect(starts()).toHaveLength(3);
  });

  it('are one for all where the operator said so', async () => {
    const { upstream, starts } = startStdioRig({ shared: true });
    const pids = await Promise.all(
      ['alice', 'bob'].map(async (name) => saidBy(await upstream.call(callOf({ tool: 'pid' }, name)))),
    );
    expect(new Set(pids).size).toBe(1);
    expect(starts()).toHaveLength(1);
  });

  it('are started once for calls that come together', async () => {
    const { upstream, starts } = startStdioRig();
    await Promise.all(Array.from({ length: 10 }, async () => resultText(await upstream.call(callOf()))));
    expect(starts()).toHaveLength(1);
  });

  it('are limited in number: one that is idle makes room, one that is busy does not', async () => {
    const { upstream, starts } = startStdioRig({ limits: { processesMax: 2 } });
    const controller = new AbortController();
    const keepBusy = (name: string) => upstream.call(callOf({ tool: 'never', signal: controller.signal }, name));
    resultText(await upstream.call(callOf({}, 'alice')));
    const busy = [keepBusy('alice')];
    resultText(await upstream.call(callOf({}, 'bob')));
    resultText(await upstream.call(callOf({}, 'carol')));
    const [alice, bob] = starts();
    expect([alice, bob].map((pid) => isThere(pid ?? 0))).toEqual([true, false]);
    busy.push(keepBusy('carol'));
    await pause(20);
    expect(faultOf(await upstream.call(callOf({}, 'dave')))).toMatchObject({ kind: 'overloaded', dispatched: false });
    expect(starts()).toHaveLength(3);
    controller.abort();
    expect((await Promise.all(busy)).map((outcome) => faultOf(outcome).kind)).toEqual(['aborted', 'aborted']);
    resultText(await upstream.call(callOf({}, 'dave')));
  });

  it('end when they are idle, and start anew for the next call', async () => {
    const { upstream, starts, clock } = startStdioRig({ limits: { idleMs: 20 } });
    resultText(await upstream.call(callOf()));
    clock.advance(20);
    await allGone(starts());
    resultText(await upstream.call(callOf()));
    expect(starts()).toHaveLength(2);
  });
});

describe('a process that goes wrong', () => {
  it.each([
    ['exits', 'exit', 'exit code 3'],
    ['is killed', 'crash', 'SIGKILL'],
  ])(
    'in that it %s in the middle of a call: what is pending fails as dispatched, and it starts again after a while (Q04)',
    async (_sentence, tool, how) => {
      const { upstream, starts, clock, reports } = startStdioRig();
      const pending = upstream.call(callOf({ tool: 'never' }));
      const fault = { kind: 'unreachable', dispatched: true, detail: `the process is gone (${how})` };
      expect(faultOf(await upstream.call(callOf({ tool })))).toEqual(fault);
      expect(faultOf(await pending)).toEqual(fault);
      expect(faultOf(await upstream.call(callOf()))).toMatchObject({ kind: 'unreachable', dispatched: false });
      clock.advance(1_000);
      expect(saidBy(await upstream.call(callOf()))).toEqual({ a: 1 });
      expect(starts()).toHaveLength(2);
      expect(reports).toEqual([`the process ended (${how})`]);
    },
  );

  it('is started again less and less often', async () => {
    const { upstream, starts, clock } = startStdioRig({
      behaviour: { endsWith: 1 },
      limits: { restartDelayMaxMs: 4_000 },
    });
    const seen: number[] = [];
    for (let second = 0; second <= 15; second++) {
      expect(faultOf(await upstream.call(callOf()))).toMatchObject({ kind: 'unreachable', dispatched: false });
      if (starts().length > seen.length) seen.push(second);
      clock.advance(1_000);
    }
    expect(seen).toEqual([0, 1, 3, 7, 11, 15]);
  });

  it('in that it answers and exits has answered', async () => {
    const { upstream } = startStdioRig();
    expect(resultText(await upstream.call(callOf({ tool: 'answer-and-exit' })))).toBe('{"content":[]}');
  });

  it('in that it prints without end and without lines is ended, and no other (Q01)', async () => {
    const { upstream, reports } = startStdioRig({ limits: { answerBytesMax: 1_000_000 } });
    const [alice, bob] = await Promise.all(
      ['alice', 'bob'].map(async (name) => saidBy(await upstream.call(callOf({ tool: 'pid' }, name)))),
    );
    expect(faultOf(await upstream.call(callOf({ tool: 'long-line' })))).toMatchObject({
      kind: 'unreachable',
      dispatched: true,
    });
    await allGone([Number(alice)]);
    expect(saidBy(await upstream.call(callOf({ tool: 'pid' }, 'bob')))).toBe(bob);
    expect(reports[0]).toBe('the process was ended for a line of more than 1000000 bytes');
  });

  it('in that it prints too much that is no message is ended (Q01)', async () => {
    const { upstream, starts, reports } = startStdioRig();
    expect(faultOf(await upstream.call(callOf({ tool: 'much-garbage' })))).toMatchObject({
      kind: 'unreachable',
      dispatched: true,
    });
    await allGone(starts());
    expect(reports[0]).toBe('the process was ended for more than 100 lines that are no MCP messages');
  });

  it.each([
    ['closes its input', 'close-input'],
    ['closes its output', 'close-output'],
  ])('in that it %s does not hang a call (Q04)', async (_sentence, tool) => {
    const { upstream, starts } = startStdioRig({ limits: { callTimeoutMs: 300 } });
    await upstream.call(callOf({ tool }));
    await upstream.call(callOf());
    expect(faultOf(await upstream.call(callOf())).kind).toMatch(/^(timeout|unreachable)$/);
    await upstream.close();
    await allGone(starts());
  });

  it('in that it never greets is given up, and ended', async () => {
    const { upstream, starts } = startStdioRig({ behaviour: { silent: true }, limits: { handshakeTimeoutMs: 200 } });
    expect(faultOf(await upstream.call(callOf()))).toMatchObject({ kind: 'timeout', dispatched: false });
    await allGone(starts());
  });

  it.each([
    ['a program that does not exist', ['/nonexistent/server'] as const, 'ENOENT'],
    ['a program that may not be run', ['/etc/passwd'] as const, 'EACCES'],
    ['a program with a NUL in its arguments', ['/bin/true', 'a\u0000b'] as const, 'ERR_INVALID_ARG_VALUE'],
  ])('in that it is %s is a fault of its own', async (_sentence, command, how) => {
    const { upstream, reports } = startStdioRig({ command });
    expect(faultOf(await upstream.call(callOf()))).toMatchObject({ kind: 'unreachable', dispatched: false });
    expect(reports).toEqual([`the program cannot be started (${how})`]);
    expect(upstream.status().state).toBe('failing');
  });

  it('leaves its last words to the operator, without the credential and without escapes', async () => {
    const { upstream, reports } = startStdioRig({ env: { API_KEY: 'canary-0123456789' } });
    const fault = faultOf(await upstream.call(callOf({ tool: 'last-words' })));
    expect(fault.detail).toBe('the process is gone (exit code 1)');
    expect(reports).toEqual(['the process ended (exit code 1); its last words: \\u{1b}[31mfailed with [secret]\\nbye']);
    expect(JSON.stringify(upstream.status())).not.toContain('canary');
  });
});

describe('ending a process', () => {
  it('takes its grandchildren with it, even if they ignore SIGTERM (Q04)', async () => {
    const { upstream, starts } = startStdioRig();
    const grandchild = saidBy(await upstream.call(callOf({ tool: 'grandchild' })));
    expect(isRunning(Number(grandchild))).toBe(true);
    await upstream.close();
    expect(starts().filter(isThere)).toEqual([]);
    await expect.poll(() => isRunning(Number(grandchild))).toBe(false);
  });

  it('takes the grandchildren of one that exits by itself, though they hold its output open (Q04)', async () => {
    const { upstream } = startStdioRig();
    const grandchild = saidBy(await upstream.call(callOf({ tool: 'grandchild-and-exit' })));
    await expect.poll(() => isRunning(Number(grandchild))).toBe(false);
  });

  it.each([
    ['ignores the end of its input', { ignoresEndOfInput: true }],
    ['ignores SIGTERM as well', { ignoresEndOfInput: true, ignoresTerm: true }],
  ])('works where it %s (Q04)', async (_sentence, behaviour) => {
    const { upstream, starts } = startStdioRig({ behaviour });
    resultText(await upstream.call(callOf()));
    const pending = upstream.call(callOf({ tool: 'never' }));
    await pause(20);
    await upstream.close();
    expect(starts().filter(isThere)).toEqual([]);
    expect(faultOf(await pending)).toMatchObject({ kind: 'unreachable', dispatched: true });
    expect(faultOf(await upstream.call(callOf()))).toMatchObject({ kind: 'unreachable', dispatched: false });
  });

  it('works in the middle of a start', async () => {
    const { upstream, starts } = startStdioRig({ behaviour: { silent: true } });
    const call = upstream.call(callOf());
    await expect.poll(() => starts().length).toBe(1);
    await upstream.close();
    expect(starts().filter(isThere)).toEqual([]);
    expect(faultOf(await call)).toMatchObject({ dispatched: false });
  });

  it('works in the middle of a probe', async () => {
    const { upstream, starts } = startStdioRig({ setting: 'auto', behaviour: { silent: true } });
    const call = upstream.call(callOf());
    await expect.poll(() => starts().length).toBe(1);
    await upstream.close();
    expect(starts().filter(isThere)).toEqual([]);
    expect(faultOf(await call)).toMatchObject({ dispatched: false });
  });
});
