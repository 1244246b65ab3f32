import { expect } from 'vitest';
import type { ApprovalId } from '../../src/core/approval/approval.ts';
import type { Administrator, Principal } from '../../src/core/identity/principal.ts';
import type { JsonObject } from '../../src/core/json/value.ts';
import type { TaskId } from '../../src/core/tasks/task.ts';
import { issueToken } from '../../src/gateway/administration/tokens.ts';
import type { Endpoint, HostError, HostResult, RequestContext } from '../../src/gateway/gateway.ts';
import type { HostTask, HostTaskList, Waiting } from '../../src/gateway/tasks/host-task.ts';
import { administrator, createGatewayRig, type GatewayRig, person, type RigOptions } from './gateway-rig.ts';
import { contextFor, quietStream } from './host-context.ts';

export const POLICY = `
version: 1
upstream: notes
classes: { read: [get], write: [update] }
rules:
  - { id: staff-read, who: { groups: [staff] }, tools: { class: read }, effect: allow }
  - { id: staff-write, who: { groups: [staff] }, tools: { class: write }, effect: approve }
`;
export const alice: Principal = person('alice');
export const olivia: Administrator = administrator('olivia');
const MODERN = '2026-07-28';
export const LEGACY = '2025-11-25';

export async function createRig(tasks: RigOptions['tasks'] = {}): Promise<GatewayRig> {
  const rig = await createGatewayRig({ policies: [POLICY], upstreams: { notes: ['get', 'update'] }, tasks });
  const request = { plane: 'admin', user: 'olivia', groups: [], scopes: [], roles: ['approver'], ttlMs: 1e9 } as const;
  await issueToken({ tokens: rig.store.tokens, clock: rig.clock, ids: rig.deps.ids }, request, 'test');
  return rig;
}

export interface From {
  readonly revision?: string;
  readonly endpoint?: Endpoint;
  readonly signal?: AbortSignal;
}

export function from(rig: GatewayRig, principal: Principal, { revision = MODERN, ...rest }: From = {}): RequestContext {
  return contextFor({ callId: rig.deps.ids.next('call'), principal, revision, ...rest });
}

export function send(
  rig: GatewayRig,
  tool: string,
  args: JsonObject,
  options: From & { readonly as?: Principal; readonly waiting?: Waiting } = {},
): ReturnType<GatewayRig['gateway']['call']> {
  const { as = alice, waiting = 'task-if-needed', ...rest } = options;
  const context = from(rig, as, rest);
  return rig.gateway.call({
    context,
    kind: 'tool',
    exposedName: tool,
    args,
    stream: quietStream(false),
    waiting,
    continuation: null,
  });
}

export async function createTask(rig: GatewayRig, args: JsonObject = { id: 'n1' }): Promise<HostTask> {
  const answer = await send(rig, 'notes__update', args);
  if (answer.kind !== 'task') throw new Error(`no task: ${JSON.stringify(answer)}`);
  return answer;
}

export function get(
  rig: GatewayRig,
  id: TaskId,
  as: Principal = alice,
  options: From = {},
): Promise<HostTask | HostError> {
  return rig.gateway.tasks.get(from(rig, as, options), id);
}

export async function getUntilOver(rig: GatewayRig, id: TaskId): Promise<HostTask> {
  for (;;) {
    const task = await get(rig, id);
    if (task.kind === 'error') throw new Error(task.message);
    if (task.status !== 'working') return task;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export function textOf(outcome: HostResult | HostError | null): string {
  if (outcome === null) return 'nothing';
  return outcome.kind === 'error' ? outcome.message : Buffer.concat(outcome.json).toString();
}

export async function onlyApproval(rig: GatewayRig): Promise<ApprovalId> {
  const all = await rig.store.approvals.list({ status: null, limit: 10 });
  expect(all).toHaveLength(1);
  return all[0]?.id as ApprovalId;
}

export async function approve(rig: GatewayRig): Promise<void> {
  const decided = await rig.administration.approve(olivia, await onlyApproval(rig), null, null);
  expect(decided.ok).toBe(true);
}

export function seen(rig: GatewayRig): number {
  return rig.upstreams.get('notes')?.seen.length ?? -1;
}

export const isUnknown = (answer: HostTask | HostTaskList | HostError): boolean =>
  answer.kind === 'error' && answer.code === -32602 && answer.message === 'Unknown task';

/** Lets everything that was started and waits for nobody come to its end. */
export const settle = (rig: GatewayRig): Promise<void> => rig.gateway.tasks.finish();
