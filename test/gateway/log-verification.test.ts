import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createLogVerifier } from '../../src/adapters/sqlite/log-verifier.ts';
import type { OperatorReport } from '../../src/gateway/deps.ts';
import { createLogVerification, type VerificationState } from '../../src/gateway/log-verification.ts';
import { SAMPLE_ENTRIES } from '../support/sample-entries.ts';
import { createStoreRig, type StoreRig } from '../support/store-rig.ts';

const START = SAMPLE_ENTRIES.filter(({ kind }) => kind === 'gateway');
/** Nobody dispatched what it ends. */
const LONELY = SAMPLE_ENTRIES.filter(({ kind }) => kind === 'outcome');

let rig: StoreRig;
beforeEach(() => {
  rig = createStoreRig();
});
afterEach(() => rig.dispose());

/** The log of a store that is open, as a gateway has it. */
async function createWorld() {
  const store = await rig.open();
  const reports: OperatorReport[] = [];
  const verifier = createLogVerifier(rig.path);
  onTestFinished(() => verifier.close());
  let checks = 0;
  const counted: typeof verifier = {
    ...verifier,
    verify: (onProgress) => {
      checks += 1;
      return verifier.verify(onProgress);
    },
  };
  const deps = { verifier: counted, clock: rig.clock, report: (problem: OperatorReport) => void reports.push(problem) };
  const verification = createLogVerification(deps);
  return {
    audit: store.audit,
    reports,
    checks: () => checks,
    look: verification.look,
    async settled(): Promise<VerificationState> {
      await expect.poll(() => verification.look().checkingAt).toBe(null);
      return verification.look();
    },
  };
}

describe('the check of a log that is in use', () => {
  it('begins when somebody asks, and is known until somebody asks a minute later', async () => {
    const world = await createWorld();
    await world.audit.record(START);
    expect(world.checks()).toBe(0);
    expect(world.look()).toEqual({ verdict: null, checkedMs: null, checkingAt: 0, problem: null });
    const first = await world.settled();
    expect(first).toMatchObject({
      verdict: { entries: 1, faultCount: 0 },
      checkedMs: rig.clock.nowMs(),
      problem: null,
    });
    await world.audit.record(START);
    rig.clock.advance(59_000);
    expect([world.look(), world.checks()]).toEqual([first, 1]);
    rig.clock.advance(1000);
    expect(world.look()).toMatchObject({ ...first, checkingAt: 0 });
    expect(await world.settled()).toMatchObject({ verdict: { entries: 2 } });
    expect(world.checks()).toBe(2);
  });

  it('tells the operator of a fault, too', async () => {
    const world = await createWorld();
    await world.audit.record([...START, ...LONELY]);
    world.look();
    expect((await world.settled()).verdict).toMatchObject({ faultCount: 1, faults: [{ sequence: 2, check: 'calls' }] });
    expect(world.reports.map(({ problem }) => problem)).toEqual([
      'the audit log is bad at entry 2: expected a decision or dispatch of the call before its outcome, got none',
    ]);
  });

  it('goes through many pages while entries are recorded', async () => {
    const world = await createWorld();
    const [entry] = START;
    if (entry === undefined) throw new Error('no entry');
    await world.audit.record(Array.from({ length: 5000 }, () => entry));
    world.look();
    for (let n = 0; n < 50; n += 1) await world.audit.record([entry]);
    const { verdict } = await world.settled();
    expect(verdict?.faultCount).toBe(0);
    expect(verdict?.entries).toBeGreaterThanOrEqual(5000);
  });

  it('says so where it comes to no end', async () => {
    const reports: string[] = [];
    const report = ({ problem }: OperatorReport) => void reports.push(problem);
    const verifier = createLogVerifier(`${rig.path}.missing`);
    const { look } = createLogVerification({ verifier, clock: rig.clock, report });
    look();
    await expect.poll(() => look().checkingAt).toBe(null);
    expect(look()).toMatchObject({ verdict: null, problem: 'the log could not be read to its end' });
    expect(reports).toEqual(['the audit log could not be checked']);
  });
});
