import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseDuration } from '../../src/core/duration.ts';
import type { JsonObject } from '../../src/core/json/value.ts';
import type { KillScope } from '../../src/core/kill-switch/kill-switch.ts';
import { issueToken } from '../../src/gateway/administration/tokens.ts';
import { administrator, createGatewayRig, type GatewayRig, type HostAnswer, person } from '../support/gateway-rig.ts';

interface Scenario {
  readonly name: string;
  readonly policy: string;
  readonly upstreams: Readonly<Record<string, readonly string[]>>;
  /** Who holds an approver's credential, and their groups. */
  readonly approvers: Readonly<Record<string, readonly string[]>>;
  readonly steps: readonly Step[];
}

type Step = Readonly<
  | { call: string; as: string; args?: JsonObject; expect: string; sameApproval?: boolean; upstreamCalls?: number }
  | { approve: 'last'; as: string; expect: string }
  | { reject: 'last'; as: string; expect: string }
  | { kill: KillScope; as: string; for?: string }
  | { release: 'first' | 'last'; as: string }
  | { advance: string }
  | { changeDefinition: string }
  | { addRule: string }
  | { revokeApprover: string }
>;

const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.yaml'));

describe.each(files)('%s', (file) => {
  const scenario = parse(readFileSync(`${import.meta.dirname}/${file}`, 'utf8')) as Scenario;

  it(scenario.name, async () => {
    const run = await start(scenario);
    for (const [index, step] of scenario.steps.entries()) {
      const got = await run(step);
      expect(got, `step ${index + 1}: ${JSON.stringify(step)}`).toMatchObject(expectedOf(step));
    }
  });
});

function expectedOf(step: Step): object {
  const wanted = step as { expect?: string; sameApproval?: boolean; upstreamCalls?: number };
  const { expect: outcome, sameApproval, upstreamCalls } = wanted;
  return {
    ...(outcome === undefined ? {} : { outcome }),
    ...(sameApproval === undefined ? {} : { sameApproval }),
    ...(upstreamCalls === undefined ? {} : { upstreamCalls }),
  };
}

async function start(scenario: Scenario): Promise<(step: Step) => Promise<object>> {
  const rig = await createGatewayRig({ policies: [scenario.policy], upstreams: scenario.upstreams });
  const tokens = new Map<string, string>();
  for (const [user, groups] of Object.entries(scenario.approvers)) {
    const request = { plane: 'admin', user, groups, scopes: [], roles: ['approver'], ttlMs: 86_400_000 } as const;
    const { token } = await issueToken(
      { tokens: rig.store.tokens, clock: rig.clock, ids: rig.deps.ids },
      request,
      'test',
    );
    tokens.set(user, token.id);
  }
  let approvalId = '';
  let policy = scenario.policy;

  return async (step) => {
    if ('call' in step) {
      const answer = await rig.call(person(step.as), step.call, step.args);
      const id = answer.structured?.['approvalId'];
      const sameApproval = id === approvalId;
      if (typeof id === 'string') approvalId = id;
      return { outcome: outcomeOf(answer), sameApproval, upstreamCalls: countCalls(rig) };
    }
    if ('approve' in step || 'reject' in step) {
      const by = administrator(step.as, { groups: scenario.approvers[step.as] ?? [] });
      const decided =
        'approve' in step
          ? await rig.administration.approve(by, approvalId, null, null)
          : await rig.administration.reject(by, approvalId, null);
      return { outcome: decided.ok ? decided.value.status : decided.error.kind };
    }
    if ('kill' in step) {
      const forMs = step.for === undefined ? null : durationOf(step.for);
      const expiresMs = forMs === null ? null : rig.clock.nowMs() + forMs;
      const request = { scope: step.kill, reason: 'drill', expiresMs };
      return await rig.administration.pullKillSwitch(administrator(step.as), request);
    }
    if ('release' in step) {
      const id = rig.deps.killSwitches.current().at(step.release === 'first' ? 0 : -1)?.id ?? '';
      return await rig.administration.releaseKillSwitch(administrator(step.as), id);
    }
    if ('advance' in step) rig.clock.advance(durationOf(step.advance));
    if ('changeDefinition' in step) changeDefinition(rig, step.changeDefinition);
    if ('addRule' in step) {
      policy = `${policy}  - ${step.addRule}\n`;
      rig.setPolicy([policy]);
    }
    if ('revokeApprover' in step) {
      const id = tokens.get(step.revokeApprover) ?? '';
      return await rig.administration.revokeToken(administrator('root'), id);
    }
    return {};
  };
}

function outcomeOf(answer: HostAnswer): string {
  if (answer.error?.code === -32602) return 'unknown_tool';
  if (answer.error?.code === -31002) return 'stopped';
  if (answer.error !== null) return `error ${answer.error.code}`;
  const status = answer.structured?.['status'];
  return typeof status === 'string' ? status : answer.isError ? 'tool_error' : 'ran';
}

function countCalls(rig: GatewayRig): number {
  return [...rig.upstreams.values()].reduce((sum, upstream) => sum + upstream.seen.length, 0);
}

function changeDefinition(rig: GatewayRig, ref: string): void {
  const [upstreamName = '', tool = ''] = ref.split('/');
  rig.upstreams
    .get(upstreamName)
    ?.offer([{ name: tool, description: 'now something else', inputSchema: { type: 'object' } }]);
}

function durationOf(text: string): number {
  const ms = parseDuration(text);
  if (!ms.ok) throw new Error(ms.error);
  return ms.value;
}
