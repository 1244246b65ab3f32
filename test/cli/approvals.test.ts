import { beforeEach, describe, expect, it } from 'vitest';
import type { Approval, ApprovalId } from '../../src/core/approval/approval.ts';
import { type CliWorld, createCliWorld } from '../support/cli-world.ts';

const ID = 'apr_0000000000000000000001';
const DIGEST = '9f2c41d07a55'.padEnd(64, '0');
let world: CliWorld;

beforeEach(async () => {
  world = await createCliWorld();
});

const approvals = () => world.administration.calls.filter(({ method }) => method === 'approve').map(({ args }) => args);

describe('approvals approve', () => {
  it.each(['y', 'Y', 'yes', ' y '])('approves what was shown when the person says %j', async (answer) => {
    const run = await world.run(['approvals', 'approve', ID], { isTty: true, answer });
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain('"value": "won"');
    expect(approvals()).toEqual([[ID, null, DIGEST]]);
  });

  it.each(['', 'n', 'no', 'yeah', 'yes please', 'ny'])('does not when the person says %j', async (answer) => {
    const run = await world.run(['approvals', 'approve', ID], { isTty: true, answer });
    expect([run.exitCode, approvals()]).toEqual([1, []]);
    expect(run.stderr).toContain('not approved');
  });

  it('asks nobody without a terminal, and approves nothing', async () => {
    const run = await world.run(['approvals', 'approve', ID], { answer: 'y' });
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain('--args-hash');
    expect(world.administration.calls).toEqual([]);
  });

  it.each([ID, ID.slice(4)])('approves with the hash, by the id %s', async (id) => {
    const run = await world.run(['approvals', 'approve', id, '--args-hash', DIGEST, '-m', 'as agreed']);
    expect([run.exitCode, approvals()]).toEqual([0, [[ID, 'as agreed', DIGEST]]]);
  });

  it.each([
    ['another hash', DIGEST.replace('9', '8'), 1],
    ['another last character', DIGEST.replace(/.$/, '1'), 1],
    ['the hash in capitals', DIGEST.toUpperCase(), 2],
    ['the beginning of the hash', DIGEST.slice(0, 12), 2],
    ['no hash', '', 2],
  ])('refuses %s', async (_, hash, exitCode) => {
    const run = await world.run(['approvals', 'approve', ID, '--args-hash', hash], { isTty: true, answer: 'y' });
    expect([run.exitCode, approvals()]).toEqual([exitCode, []]);
  });

  it('does not ask with --yes', async () => {
    const run = await world.run(['approvals', 'approve', ID, '--yes', '--json']);
    expect(JSON.parse(run.stdout)).toMatchObject({ id: ID, status: 'approved', decidedBy: 'olivia' });
    expect(approvals()).toEqual([[ID, null, DIGEST]]);
  });

  it('shows the request beside the document with --json', async () => {
    const run = await world.run(['approvals', 'approve', ID, '--json'], { isTty: true, answer: '' });
    expect(run.stderr).toContain('crm/update_deal');
    expect(run.exitCode).toBe(1);
  });

  it('does not ask about a request that is over', async () => {
    const run = await world.run(['approvals', 'approve', 'apr_0000000000000000000000'], { isTty: true, answer: 'y' });
    expect(run.exitCode).toBe(1);
    expect(run.stdout).not.toContain('[y/N]');
    expect(run.stderr).toContain('the request is executed already');
  });

  it('says 3 where the person may not approve', async () => {
    world.administration.approve = () =>
      Promise.resolve({
        ok: false,
        error: { kind: 'forbidden', message: 'nobody decides on their own request', help: 'Ask another.' },
      });
    const run = await world.run(['approvals', 'approve', ID, '--yes']);
    expect(run).toEqual({
      exitCode: 3,
      stdout: '',
      stderr: 'countersign: nobody decides on their own request\nhelp: Ask another.\n',
    });
  });
});

describe('a request', () => {
  it('is shown with the record before and after, and what is different this time', async () => {
    const { stdout } = await world.run(['approvals', 'show', ID]);
    expect(stdout).toContain(
      'Before → after, read with get_deal at 2026-11-20 14:00:00Z\n  /stage: "proposal" → "won"\n',
    );
    expect(stdout).toContain('Different from apr_0000000000000000000009, approved for alice at 2026-11-19 14:00:00Z\n');
    expect(stdout).toContain('  /id: "D-41" → "D-42\\u{202e}"\n');
    expect(stdout).toMatch(/Why asked .*\(rule deal-updates at policies\/crm\.yaml:12:5\)/);
  });

  const confirmed = (): void => {
    world.administration.approvals = world.administration.approvals.map((each) => ({
      ...each,
      particulars: { ...each.particulars, confirm: 'D-42' },
    }));
  };
  const sent = () => world.administration.calls.filter(({ method }) => method === 'approve').map(({ args }) => args[3]);

  it.each([
    ['D-42', 0],
    ['y', 1],
    ['', 1],
    ['d-42', 1],
  ])('whose rule wants something typed takes %j for an answer: exit code %i', async (answer, exitCode) => {
    confirmed();
    const run = await world.run(['approvals', 'approve', ID], { isTty: true, answer });
    expect(run.exitCode).toBe(exitCode);
    expect(run.stdout).toContain('To approve this call, type D-42');
    expect(sent()).toEqual(exitCode === 0 ? [{ confirm: 'D-42' }] : []);
  });

  it('is approved with what is typed and granted by a program, too', async () => {
    await world.run(['approvals', 'approve', ID, '--args-hash', DIGEST, '--confirm', 'D-42', '--grant']);
    expect(sent()).toEqual([{ confirm: 'D-42', grant: true }]);
  });
});

describe('a request of high risk', () => {
  beforeEach(() => {
    const show = world.administration.showApproval.bind(world.administration);
    world.administration.showApproval = async (by, id) => {
      const shown = await show(by, id);
      return shown.ok ? { ok: true, value: { ...shown.value, highRisks: ['new-client', 'unusual-hour'] } } : shown;
    };
  });

  it.each([
    ['y', 1],
    ['yes', 1],
    ['', 1],
    ['UPDATE_DEAL', 1],
    ['update_dea', 1],
    [ID, 0],
    [' update_deal ', 0],
  ])('takes %j for an answer: exit code %i', async (answer, exitCode) => {
    const run = await world.run(['approvals', 'approve', ID], { isTty: true, answer });
    expect([run.exitCode, approvals().length]).toEqual([exitCode, 1 - exitCode]);
    expect(run.stdout).toContain('To approve this call, type update_deal ');
  });

  it('is not approved by --yes, and says how it is', async () => {
    const run = await world.run(['approvals', 'approve', ID, '--yes']);
    expect([run.exitCode, approvals()]).toEqual([1, []]);
    expect(run.stderr).toBe(
      `countersign: ${ID} is of high risk, because the client is new, the hour is unusual; --yes is not enough\n` +
        'help: Look at it with "approvals show", then say with --args-hash which arguments you mean.\n',
    );
    const both = ['approvals', 'approve', ID, 'apr_0000000000000000000002', '--yes'];
    expect((await world.run(both)).stderr).toContain('--yes is not enough');
  });

  it.each([[['--args-hash', DIGEST]], [['--yes', '--confirm', 'D-42']]])('is approved by %j', async (options) => {
    const run = await world.run(['approvals', 'approve', ID, ...options]);
    expect([run.exitCode, approvals().length]).toEqual([0, 1]);
  });
});

describe('the beginning of an id', () => {
  const shownId = async (given: string) => {
    const run = await world.run(['approvals', 'show', given, '--json']);
    return run.exitCode === 0 ? (JSON.parse(run.stdout) as { id: string }).id : run;
  };

  beforeEach(() => {
    const [first, ...others] = world.administration.approvals;
    const named = (id: string) => ({ ...(first as Approval), id: id.padEnd(26, 'x') as ApprovalId });
    world.administration.approvals = [named('apr_K7Q2ab'), named('apr_K7Q2cd'), named('apr_-_-_'), ...others];
  });

  it.each([
    ['K7Q2a', 'apr_K7Q2abxxxxxxxxxxxxxxxx'],
    ['apr_K7Q2c', 'apr_K7Q2cdxxxxxxxxxxxxxxxx'],
    ['apr_-_-_', 'apr_-_-_xxxxxxxxxxxxxxxxxx'],
  ])('%s is enough where it is the only one', async (given, id) => {
    expect(await shownId(given)).toBe(id);
  });

  it.each([
    ['K7Q2', '2 ids begin with K7Q2'],
    ['k7q2a', 'none of the newest 200 requests begins with k7q2a'],
    ['K7Q', 'there is no such thing'],
    ['../tokens', 'there is nothing here'],
  ])('%s is not taken', async (given, message) => {
    expect(await shownId(given)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(message) as unknown });
  });

  it('is looked for among the ones that wait, for deciding', async () => {
    const run = await world.run(['approvals', 'reject', '0000000000000000000000']);
    expect(run.exitCode).toBe(1);
    expect((await world.run(['approvals', 'reject', 'K7Q2ab', '-m', 'no'])).stdout).toContain('Rejected apr_K7Q2ab');
    expect((await world.run(['approvals', 'approve', 'K7Q2', '--yes'])).exitCode).toBe(1);
    expect(approvals()).toEqual([]);
  });

  it('is not enough to decide where more wait than were looked at', async () => {
    const [first] = world.administration.approvals;
    world.administration.approvals = Array.from({ length: 200 }, (_, n) => ({
      ...(first as Approval),
      id: `apr_${n}`.padEnd(26, 'z') as ApprovalId,
    }));
    const run = await world.run(['approvals', 'approve', '199z', '--yes']);
    expect(run).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Write the whole id') as unknown });
  });
});

describe('what is shown', () => {
  it('O18 holds no control or invisible character, whoever wrote it', async () => {
    const hostile = 'x\u001b[2J\u009b31m\u202e\u200b\u{e0041}\r\n  Status     approved';
    world.administration.approvals = world.administration.approvals.map((approval) => ({
      ...approval,
      reason: hostile,
      note: hostile,
      ruleId: hostile,
      requesterName: hostile,
      binding: { ...approval.binding, principal: hostile, client: hostile, tool: hostile, upstream: hostile },
      argumentsShown: JSON.stringify({ [hostile]: [hostile] }),
    }));
    for (const args of [['ls'], ['show', ID], ['ls', '--json'], ['show', ID, '--json']]) {
      const { stdout } = await world.run(['approvals', ...args]);
      expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
      expect(stdout).not.toMatch(/^\s*Status\s+approved/m);
    }
    const { stdout } = await world.run(['approvals', 'show', ID, '--json']);
    expect((JSON.parse(stdout) as { reason: string }).reason).toBe(hostile);
  });

  it('has colours only where they are wanted', async () => {
    const plain = await world.run(['approvals', 'ls']);
    const colored = await world.run(['approvals', 'ls'], { color: true });
    expect(plain.stdout).not.toContain('\u001b');
    expect(colored.stdout).toContain('\u001b[33mpending\u001b[39m');
    expect(colored.stdout.replaceAll(/\u001b\[\d+m/g, '')).toBe(plain.stdout);
  });

  it('is one JSON document with --json', async () => {
    const { stdout } = await world.run(['approvals', 'ls', '--json', '--status', 'pending']);
    expect(stdout.split('\n')).toHaveLength(2);
    expect((JSON.parse(stdout) as { approvals: unknown[] }).approvals).toHaveLength(2);
  });
});

describe('several ids', () => {
  it.each([
    ['y', 1],
    ['update_deal', 0],
  ])('are approved by %j at a terminal: exit code %i', async (answer, exitCode) => {
    const ids = [ID, 'apr_0000000000000000000002'];
    const run = await world.run(['approvals', 'approve', ...ids], { isTty: true, answer });
    expect(run.exitCode).toBe(exitCode);
    expect(run.stdout).toContain('To approve these 2 calls, type update_deal ');
  });

  const OTHER = 'apr_0000000000000000000002';
  const batches = () =>
    world.administration.calls.filter(({ method }) => method === 'decideBatch').map(({ args }) => args[0]);
  const both = [ID, OTHER].map((id) => ({ id, argsDigest: DIGEST }));

  it('are one batch, with the hash of each', async () => {
    const hashes = ['--args-hash', DIGEST, '--args-hash', DIGEST];
    const run = await world.run(['approvals', 'approve', ID, OTHER, ...hashes, '-m', 'all of them']);
    expect(run).toMatchObject({ exitCode: 0, stdout: `${ID}: approved\n${OTHER}: approved\n` });
    expect(batches()).toEqual([{ decision: 'approve', approvals: both, comment: 'all of them' }]);
  });

  it('are shown, every one, before a person is asked', async () => {
    const run = await world.run(['approvals', 'approve', ID, OTHER], { isTty: true, answer: 'n' });
    expect(run.stdout).toMatch(/D-42[^]*ceo@example\.com[^]*To approve these 2 calls, type update_deal/);
    expect([run.exitCode, batches()]).toEqual([1, []]);
  });

  it.each([
    ['one hash for two', [ID, OTHER, '--args-hash', DIGEST], 2],
    ['two hashes for one', [ID, '--args-hash', DIGEST, '--args-hash', DIGEST], 2],
    ['no hash and no terminal', [ID, OTHER], 2],
    ['something typed', [ID, OTHER, '--yes', '--confirm', 'D-42'], 2],
    ['a grant', [ID, OTHER, '--yes', '--grant'], 2],
    ['a hash of something else', [ID, OTHER, '--args-hash', DIGEST, '--args-hash', 'a'.repeat(64)], 1],
  ])('with %s decide nothing', async (_, args, exitCode) => {
    expect((await world.run(['approvals', 'approve', ...args])).exitCode).toBe(exitCode);
    expect(batches()).toEqual([]);
  });

  it('say which were not decided, and exit with 1', async () => {
    world.administration.decideBatch = () =>
      Promise.resolve({
        ok: true,
        value: [
          { id: ID, decided: true, status: 'rejected', problem: null },
          { id: OTHER, decided: false, status: null, problem: 'the request is expired already' },
        ],
      });
    const run = await world.run(['approvals', 'reject', ID, OTHER]);
    expect(run).toEqual({
      exitCode: 1,
      stdout: `${ID}: rejected\n${OTHER}: the request is expired already\n`,
      stderr: 'countersign: 1 of 2 were not decided\nhelp: The others count.\n',
    });
  });
});
