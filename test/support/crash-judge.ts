import type { KillSwitchList } from '../../src/core/admin-api/kill-switch-view.ts';
import { approve, callMarked, type ClientLedger, STOPPED_TOOL, type Write } from './crash-load.ts';
import type { GatewayClient } from './gateway-process.ts';
import type { HostClient } from './host-client.ts';
import type { LedgerUpstream } from './ledger-upstream.ts';
import type { LogModel } from './log-model.ts';

export interface Evidence {
  readonly gateway: GatewayClient;
  readonly host: HostClient;
  readonly ledger: ClientLedger;
  readonly upstream: LedgerUpstream;
  readonly log: LogModel;
}

export interface CrashJudge {
  /**
   * Compares the three ledgers after a restart: what people were told, what the upstream saw, and what the log says. Then brings
   * every story to its end, so that the next round begins anew. Returns every contradiction.
   */
  judge(evidence: Evidence): Promise<readonly string[]>;
}

/** How often a write is sent again at the same moment, after a restart. */
const RETRIES = 3;

export function createCrashJudge(): CrashJudge {
  let judgedCalls = 0;
  return {
    async judge(evidence) {
      const { gateway, ledger, upstream, log } = evidence;
      await log.readOn(gateway);
      const violations = [...log.violations.splice(0), ...ledger.surprises.splice(0)];
      violations.push(...log.openCalls().map((callId) => `${callId} has no outcome after recovery`));
      violations.push(...lostAnswers(evidence));
      const calls = upstream.calls();
      violations.push(...calls.slice(judgedCalls).flatMap((call) => reasonsAgainst(evidence, call)));
      judgedCalls = calls.length;
      violations.push(...(await judgeSwitches(evidence)));
      const settled = await Promise.all([...ledger.writes.values()].map((write) => settle(evidence, write)));
      ledger.writes.clear();
      return [...violations, ...settled.flat()];
    },
  };
}

/** Whatever a host was told stands in the log: the decision for every answer, the good outcome for every result. */
function lostAnswers({ ledger, log }: Evidence): readonly string[] {
  const lost: string[] = [];
  for (const [mark, answers] of ledger.answers) {
    const decisions = log.decisions(mark);
    if (decisions < answers) lost.push(`${mark}: ${answers} answers, but ${decisions} decisions in the log`);
  }
  const results = [...ledger.writes.values()].flatMap(({ mark, run }) => (run === 'acknowledged' ? [mark] : []));
  for (const mark of [...ledger.reads, ...results]) {
    if (!log.isOk(mark)) lost.push(`${mark}: a result was given, but the log has no outcome for it`);
  }
  ledger.answers.clear();
  ledger.reads.clear();
  return lost;
}

function reasonsAgainst({ upstream, log }: Evidence, call: ReturnType<LedgerUpstream['calls']>[number]): string[] {
  const { tool, args } = call;
  const reasons: string[] = [];
  const reason = log.reasonAgainst(call);
  if (reason !== null) reasons.push(`${tool} ${args.mark} reached the upstream, and the log has ${reason}`);
  if (upstream.count(args.mark) > 1) reasons.push(`${tool} ${args.mark} reached the upstream more than once`);
  if (STOPPED_TOOL.endsWith(`/${tool}`))
    reasons.push(`${tool} ${args.mark} reached the upstream though it was stopped`);
  return reasons;
}

/** A switch that was acknowledged is on, one whose release was acknowledged is not, and the log says the same. */
async function judgeSwitches({ gateway, host, ledger, log }: Evidence): Promise<readonly string[]> {
  const { json } = await gateway.admin('GET', '/api/kill-switch');
  const inForce = new Set((json as unknown as KillSwitchList).killSwitches.map(({ id }) => id));
  const violations: string[] = [];
  for (const [id, state] of ledger.switches) {
    if (state === 'on' && !inForce.has(id)) violations.push(`the switch ${id} was forgotten`);
    if (state === 'off' && inForce.has(id)) violations.push(`the switch ${id} came back`);
  }
  const [now, recorded] = [inForce, log.killSwitches()].map((ids) => [...ids].toSorted().join());
  if (now !== recorded) violations.push(`the switches ${now} are in force, but the log says ${recorded}`);
  if (inForce.size > 0) {
    const mark = `stopped-after-${[...inForce].join()}`;
    const answer = await callMarked({ host, ledger, killed: null }, 'read_stopped', { mark });
    if (answer.kind !== 'error' || answer.code !== -31002) violations.push(`a stopped tool: ${JSON.stringify(answer)}`);
  }
  for (const id of inForce) {
    const released = await gateway.admin('DELETE', `/api/kill-switch/${id}`);
    if (released.status !== 200) violations.push(`release: ${released.body}`);
  }
  ledger.switches.clear();
  return violations;
}

/** Is the approval where its requester and approver must find it, and does it run exactly once however often it is sent now? */
async function settle(evidence: Evidence, write: Write): Promise<readonly string[]> {
  const { gateway, ledger, upstream, log } = evidence;
  const { mark } = write;
  const id = log.approvalId(mark);
  // Nobody was told of it, so it may never have been.
  if (id === null) return write.approvalId === null ? [] : [`${mark}: the approval ${write.approvalId} is lost`];

  const violations: string[] = [];
  const status = String((await gateway.admin('GET', `/api/approvals/${id}`)).json['status']);
  const ran = upstream.count(mark);
  const told = `approval ${write.approval}, run ${write.run}`;
  const recorded = log.approvalHistory(id).at(-1);
  if (status !== recorded) violations.push(`${mark} is ${status}, but in the log it is ${recorded}`);
  if (!possibleStatuses(write).includes(status)) violations.push(`${mark} is ${status} after ${told}`);
  if (!(RUNS[status] ?? []).includes(ran)) violations.push(`${mark} is ${status} and ran ${ran} times`);

  if (status === 'pending') await approve(evidence, { ...write, approvalId: id });
  const retries = Array.from({ length: RETRIES }, () =>
    callMarked({ ...evidence, killed: null }, write.tool, { mark }),
  );
  const answers = await Promise.all(retries);
  const isOpen = status === 'pending' || status === 'approved';
  const runs = upstream.count(mark);
  if (runs !== (isOpen ? 1 : ran)) violations.push(`${mark} was ${status}, and ran ${runs} times after retries`);
  const results = answers.filter((answer) => answer.kind === 'result' && !answer.isError && answer.text === mark);
  if (isOpen !== results.length > 0) violations.push(`${mark} was ${status}, and gave ${JSON.stringify(answers)}`);
  ledger.writes.delete(mark);
  return violations;
}

/** How often a call of an approval can have reached the upstream. */
const RUNS: Readonly<Record<string, readonly number[]>> = {
  pending: [0],
  approved: [0],
  executed: [1],
  'outcome-unknown': [0, 1],
};

/** Where an approval can be, given what its people were told before the crash. */
function possibleStatuses({ approval, run }: Write): readonly string[] {
  if (run === 'acknowledged') return ['executed'];
  if (approval === 'not-asked') return ['pending'];
  const open = approval === 'acknowledged' ? ['approved'] : ['pending', 'approved'];
  return run === 'not-asked' ? open : [...open, 'executed', 'outcome-unknown'];
}
