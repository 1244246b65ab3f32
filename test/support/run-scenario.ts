import type { ListKind } from '../../src/core/catalog/listed.ts';
import type { TargetKind } from '../../src/core/catalog/target.ts';
import { parseDuration } from '../../src/core/duration.ts';
import type { Principal } from '../../src/core/identity/principal.ts';
import type { JsonObject } from '../../src/core/json/value.ts';
import type { KillScope } from '../../src/core/kill-switch/kill-switch.ts';
import type { PolicyOptions } from '../../src/core/policy/compile-policy.ts';
import { ok } from '../../src/core/result.ts';
import { issueToken } from '../../src/gateway/administration/tokens.ts';
import type { HostError } from '../../src/gateway/gateway.ts';
import { administrator, createGatewayRig, type GatewayRig, person } from './gateway-rig.ts';
import { contextFor, quietStream } from './host-context.ts';

/** A `*.yaml` of test/scenarios: a policy, what there is behind it, and what happens step by step. */
export interface Scenario {
  readonly name: string;
  readonly policy: string;
  /** What of an environment the policy depends on. */
  readonly options?: Partial<PolicyOptions>;
  /** Names of tools, or whole definitions. */
  readonly upstreams: Readonly<Record<string, readonly (string | JsonObject)[]>>;
  /** Everything else that each upstream lists. */
  readonly offers?: Readonly<
    Record<string, Readonly<Partial<Record<'resources' | 'templates' | 'prompts', JsonObject[]>>>>
  >;
  /** Who calls, where they are not plain members of `staff`. */
  readonly people?: Readonly<Record<string, Partial<Principal>>>;
  /** Who holds an approver's credential, and their groups. */
  readonly approvers?: Readonly<Record<string, readonly string[]>>;
  readonly steps: readonly Step[];
}

export type Step = (Asking | Deciding) & Expected;

type Asking = Readonly<
  { as: string; args?: JsonObject; times?: number; answers?: JsonObject } & (
    | { call: string }
    | { read: string }
    | { prompt: string }
    | { complete: string }
    | { list: ListKind }
  )
>;

type Deciding = Readonly<
  | { approve: 'last'; as: string; grant?: boolean }
  | { reject: 'last'; as: string }
  | { kill: KillScope; as: string; for?: string }
  | { release: 'first' | 'last'; as: string }
  | { advance: string }
  | { changeDefinition: string }
  | { addRule: string }
  | { revokeApprover: string }
>;

/** What must come of it; what is not there is not asked. */
export interface Expected {
  /** Of each time, for a call that is made several times. */
  readonly expect?: string | readonly string[];
  readonly reason?: string;
  readonly sameApproval?: boolean;
  readonly upstreamCalls?: number;
  /** The arguments that the upstream saw last. */
  readonly sent?: JsonObject;
  /** A part of the result as the host has it. */
  readonly shown?: JsonObject;
  /** The text of the first content. */
  readonly text?: string;
  /** What a list holds. */
  readonly names?: readonly string[];
}

type Run = (step: Step) => Promise<object>;

export async function startScenario(scenario: Scenario): Promise<Run> {
  const names = Object.entries(scenario.upstreams).map(([name, tools]) => [name, tools.map(nameOf)] as const);
  const rig = await createGatewayRig({
    policies: [scenario.policy],
    upstreams: Object.fromEntries(names),
    ...(scenario.options === undefined ? {} : { policyOptions: scenario.options }),
  });
  offerAll(rig, scenario);
  const world: World = {
    rig,
    scenario,
    tokens: await issueTokens(rig, scenario),
    approvalId: '',
    policy: scenario.policy,
  };
  return (step) =>
    'call' in step || 'read' in step || 'prompt' in step || 'complete' in step || 'list' in step
      ? ask(world, step)
      : act(world, step);
}

interface World {
  readonly rig: GatewayRig;
  readonly scenario: Scenario;
  readonly tokens: ReadonlyMap<string, string>;
  approvalId: string;
  policy: string;
}

function offerAll(rig: GatewayRig, { upstreams, offers = {} }: Scenario): void {
  for (const [name, tools] of Object.entries(upstreams)) {
    if (tools.some((tool) => typeof tool !== 'string'))
      rig.upstreams.get(name)?.offer(tools.map((tool) => (typeof tool === 'string' ? plainTool(tool) : tool)));
  }
  for (const [name, lists] of Object.entries(offers))
    for (const kind of ['resources', 'templates', 'prompts'] as const)
      rig.upstreams.get(name)?.others.set(kind, lists[kind] ?? []);
}

const nameOf = (tool: string | JsonObject): string => (typeof tool === 'string' ? tool : (tool['name'] as string));
const plainTool = (name: string): JsonObject => ({ name, description: name, inputSchema: { type: 'object' } });

async function issueTokens(rig: GatewayRig, { approvers = {} }: Scenario): Promise<Map<string, string>> {
  const tokens = new Map<string, string>();
  for (const [user, groups] of Object.entries(approvers)) {
    const request = { plane: 'admin', user, groups, scopes: [], roles: ['approver'], ttlMs: 86_400_000 } as const;
    const { token } = await issueToken(
      { tokens: rig.store.tokens, clock: rig.clock, ids: rig.deps.ids },
      request,
      'test',
    );
    tokens.set(user, token.id);
  }
  return tokens;
}

async function ask(world: World, step: Asking & Expected): Promise<object> {
  const { rig, scenario } = world;
  const principal = person(step.as, scenario.people?.[step.as]);
  if ('list' in step) return { names: await list(rig, principal, step.list) };
  if (step.answers !== undefined) answerWith(rig, step.answers);
  const outcomes: string[] = [];
  let last: Answered = { outcome: '', result: {} };
  for (let time = 0; time < (step.times ?? 1); time += 1) {
    last = await askOnce(rig, principal, step);
    outcomes.push(last.outcome);
  }
  const structured = last.result['structuredContent'] as JsonObject | undefined;
  const id = structured?.['approvalId'];
  const sameApproval = id === world.approvalId;
  if (typeof id === 'string') world.approvalId = id;
  const outcome = Array.isArray(step.expect) ? outcomes : last.outcome;
  return {
    outcome,
    reason: structured?.['reason'],
    sameApproval,
    upstreamCalls: seenBy(rig).length,
    sent: sentLast(rig),
    shown: last.result,
    text: textOf(last.result),
  };
}

interface Answered {
  readonly outcome: string;
  readonly result: JsonObject;
}

const KINDS = { call: 'tool', read: 'resource', prompt: 'prompt', complete: 'prompt-argument' } as const;

async function askOnce(rig: GatewayRig, principal: Principal, step: Asking): Promise<Answered> {
  const [word, kind] = Object.entries(KINDS).find(([each]) => each in step) as [keyof typeof KINDS, TargetKind];
  const exposedName = (step as unknown as Record<string, string>)[word] ?? '';
  const completion = { argument: { name: 'of', value: '' }, ...step.args };
  const answer = await rig.gateway.call({
    context: contextFor({ callId: rig.deps.ids.next('call'), principal, revision: '2026-07-28' }),
    kind,
    exposedName,
    args: kind === 'prompt-argument' ? completion : (step.args ?? {}),
    stream: quietStream(true),
    continuation: null,
  });
  if (answer.kind === 'error') return { outcome: outcomeOfError(answer), result: { structuredContent: answer.data } };
  if (answer.kind !== 'result') throw new Error(`the call is answered with ${answer.kind}`);
  const result = JSON.parse(Buffer.concat(answer.json).toString()) as JsonObject;
  return { outcome: outcomeOf(result), result };
}

function outcomeOfError({ code, data }: HostError): string {
  if (code === -31_002) return 'stopped';
  const status = data?.['status'];
  if (typeof status === 'string') return status;
  return code === -32_602 || code === -32_002 ? 'unknown' : `error ${code}`;
}

function outcomeOf({ isError, structuredContent }: JsonObject): string {
  const status = (structuredContent as JsonObject | undefined)?.['status'];
  return typeof status === 'string' ? status : isError === true ? 'tool_error' : 'ran';
}

function answerWith(rig: GatewayRig, answers: JsonObject): void {
  const json = Buffer.from(JSON.stringify(answers));
  for (const upstream of rig.upstreams.values())
    upstream.answer = () =>
      Promise.resolve(ok({ kind: 'result', isError: false, json: [json], jsonBytes: json.length }));
}

async function list(rig: GatewayRig, principal: Principal, kind: ListKind): Promise<readonly string[]> {
  const context = contextFor({ callId: rig.deps.ids.next('call'), principal, revision: '2026-07-28' });
  const page = await rig.gateway.list(context, kind, null);
  if (page.kind === 'error') return [`error ${page.code}`];
  const items = JSON.parse(Buffer.from(page.items).toString()) as readonly JsonObject[];
  return items.map((item) => (item['uri'] ?? item['uriTemplate'] ?? item['name']) as string);
}

async function act(world: World, step: Deciding): Promise<object> {
  const { rig, scenario, approvalId } = world;
  if ('approve' in step || 'reject' in step) {
    const by = administrator(step.as, { groups: scenario.approvers?.[step.as] ?? [] });
    const decided =
      'approve' in step
        ? await rig.administration.approve(by, approvalId, null, null, { grant: step.grant ?? false })
        : await rig.administration.reject(by, approvalId, null);
    return { outcome: decided.ok ? decided.value.status : decided.error.kind };
  }
  if ('kill' in step) {
    const forMs = step.for === undefined ? null : durationOf(step.for);
    const expiresMs = forMs === null ? null : rig.clock.nowMs() + forMs;
    return await rig.administration.pullKillSwitch(administrator(step.as), {
      scope: step.kill,
      reason: 'drill',
      expiresMs,
    });
  }
  if ('release' in step) {
    const id = rig.deps.killSwitches.current().at(step.release === 'first' ? 0 : -1)?.id ?? '';
    return await rig.administration.releaseKillSwitch(administrator(step.as), id);
  }
  if ('advance' in step) rig.clock.advance(durationOf(step.advance));
  if ('changeDefinition' in step) changeDefinition(rig, step.changeDefinition);
  if ('addRule' in step) {
    world.policy = `${world.policy}  - ${step.addRule}\n`;
    rig.setPolicy([world.policy]);
  }
  if ('revokeApprover' in step) {
    const id = world.tokens.get(step.revokeApprover) ?? '';
    return await rig.administration.revokeToken(administrator('root'), id);
  }
  return {};
}

function changeDefinition(rig: GatewayRig, ref: string): void {
  const [upstreamName = '', tool = ''] = ref.split('/');
  const changed = { name: tool, description: 'now something else', inputSchema: { type: 'object' } };
  rig.upstreams.get(upstreamName)?.offer([changed]);
}

const seenBy = ({ upstreams }: GatewayRig) => [...upstreams.values()].flatMap(({ seen }) => seen);

function sentLast(rig: GatewayRig): JsonObject | null {
  const last = seenBy(rig).at(-1);
  return last === undefined ? null : ((JSON.parse(last.target.paramsJson) as JsonObject)['arguments'] as JsonObject);
}

function textOf({ content }: JsonObject): string | undefined {
  return (content as { readonly text?: string }[] | undefined)?.[0]?.text;
}

function durationOf(text: string): number {
  const ms = parseDuration(text);
  if (!ms.ok) throw new Error(ms.error);
  return ms.value;
}
