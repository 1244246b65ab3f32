import { describe, expect, it } from 'vitest';
import type { CompiledPolicy } from '../../src/core/policy/compile-policy.ts';
import { decide } from '../../src/core/policy/decide.ts';
import type { OperatorReport } from '../../src/gateway/deps.ts';
import { createPolicyInForce } from '../../src/gateway/policy-in-force.ts';
import { createFixedClock } from '../support/fixed-clock.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { NOW_MS, policyOf, principalOf } from '../support/policy.ts';

const rule = (effect: string) => ({ id: effect, who: { any: true }, tools: ['get'], effect });
const policy = (effect: string): CompiledPolicy =>
  policyOf([{ upstream: 'crm', classes: { read: ['get'] }, rules: [rule(effect)] }]);
const [OPEN, CLOSED, EMPTY] = [policy('allow'), policy('deny'), policyOf([])];

function world(loaded: CompiledPolicy | string | Error) {
  const store = createMemoryStore();
  const reports: OperatorReport[] = [];
  let next = loaded;
  const load = async () => {
    if (next instanceof Error) throw next;
    return next;
  };
  const report = (problem: OperatorReport) => void reports.push(problem);
  const refused: string[] = [];
  const deps = { audit: store.audit, clock: createFixedClock(), onRefused: (why: string) => void refused.push(why) };
  const inForce = createPolicyInForce({ ...deps, report, load }, OPEN);
  const entries = async () => (await store.audit.read({ limit: 1e5, afterSequence: 0 })).map(({ leaf }) => leaf);
  return { store, reports, refused, inForce, entries, setNext: (value: typeof next) => (next = value) };
}

describe('the policy in force', () => {
  it('is replaced by another one, which is recorded first', async () => {
    const { inForce, entries, reports } = world(CLOSED);
    await inForce.reload();
    expect(inForce.current()).toBe(CLOSED);
    const [entry, ...others] = await entries();
    expect(entry).toContain(`"change":"policy-loaded"`);
    expect(entry).toContain(CLOSED.version);
    expect(others).toEqual([]);
    expect(reports[0]?.problem).toContain('another policy is in force');
  });

  it.each<[string, CompiledPolicy | string | Error, string]>([
    ['files that are wrong', 'policies/crm.yaml:3:1: is no key', 'policies/crm.yaml:3:1: is no key'],
    ['files that cannot be read', new Error('EIO'), 'could not be loaded again'],
    ['no files at all', EMPTY, 'there is no policy any more'],
  ])('stays with %s, and the operator is told', async (_, loaded, told) => {
    const { inForce, reports, entries } = world(loaded);
    await inForce.reload();
    expect(inForce.current()).toBe(OPEN);
    expect(reports.map(({ problem }) => problem).join()).toContain(told);
    expect(await entries()).toEqual([]);
  });

  it('stays, unrecorded and untold, where nothing changed', async () => {
    const { inForce, reports, entries } = world(policy('allow'));
    await inForce.reload();
    expect({ reports, entries: await entries() }).toEqual({ reports: [], entries: [] });
  });

  it('stays where the change cannot be recorded, and is replaced when it can', async () => {
    const { inForce, store } = world(CLOSED);
    store.failWith('the disk is full');
    await inForce.reload();
    expect(inForce.current()).toBe(OPEN);
    store.failWith(null);
    await inForce.reload();
    expect(inForce.current()).toBe(CLOSED);
  });

  it('is one policy for every decision, over ten thousand reloads', async () => {
    const { inForce, setNext, entries } = world(CLOSED);
    const target = { kind: 'tool', upstream: 'crm', name: 'get' } as const;
    const effects = new Map([
      [OPEN.version, 'allow'],
      [CLOSED.version, 'deny'],
    ]);
    let isOver = false;
    let decisions = 0;
    const load = (async () => {
      while (!isOver) {
        const { effect, policyVersion } = decide(inForce.current(), {
          principal: principalOf(),
          target,
          args: {},
          nowMs: NOW_MS,
        });
        if (effects.get(policyVersion) !== effect) throw new Error('a mixed decision');
        decisions += 1;
        await Promise.resolve();
      }
    })();
    for (let index = 0; index < 10_000; index += 1) {
      setNext(index % 2 === 0 ? CLOSED : OPEN);
      await inForce.reload();
    }
    isOver = true;
    await load;
    expect(decisions).toBeGreaterThan(10_000);
    expect(await entries()).toHaveLength(10_000);
  });
});
