import type { JsonObject } from '../../src/core/json/value.ts';
import type { PersonName, World } from './evasion-world.ts';
import type { Host } from './host-request.ts';
import { parseAnswerBody } from './mcp-request.ts';
import type { AdminAnswer, TestGateway, TokenWish } from './run-gateway.ts';

/** What a call that needs a person came to. */
export interface Asked {
  /** `approval_pending` and so on; `ran` for the upstream's own result; the code of an error. */
  readonly status: string;
  readonly approvalId: string;
}

export interface AskOptions {
  readonly as?: PersonName;
  readonly token?: string;
  readonly host?: Host;
  readonly tool?: string;
  readonly body?: string;
}

/** Sends a call that needs a person to agree, from a host that does not wait. */
export async function ask(
  world: Pick<World, 'request' | 'send' | 'tokens'>,
  args: JsonObject,
  options: AskOptions = {},
): Promise<Asked> {
  const { as = 'alice', host = '2026-07-28', tool = 'crm__update_x', body } = options;
  const token = options.token ?? world.tokens[as];
  const params = { name: tool, arguments: args };
  const answer = await world.send(world.request(host, { params, token, ...(body === undefined ? {} : { body }) }));
  const { error, result } = parseAnswerBody(answer);
  if (error !== undefined) return { status: String(error.code), approvalId: '' };
  const { status = 'ran', approvalId = '' } = (result?.['structuredContent'] ?? {}) as Partial<Asked>;
  return { status, approvalId };
}

/** People who may decide, and people who look as if they might. */
export const DECIDERS = {
  olivia: { user: 'olivia', roles: ['approver'], groups: ['leads'] },
  otto: { user: 'otto', roles: ['approver'], groups: ['leads'] },
  oscar: { user: 'oscar', roles: ['approver'], groups: ['Leads', 'staff'] },
  victor: { user: 'victor', roles: ['operator', 'auditor', 'viewer'], groups: ['leads'] },
  alice: { user: 'alice', roles: ['approver', 'operator'], groups: ['leads'] },
  Alice: { user: 'Alice', roles: ['approver'], groups: ['leads'] },
} as const;
export type Decider = keyof typeof DECIDERS;

export type Deciders = Readonly<Record<Decider, { readonly id: string; readonly token: string }>>;

export async function issueDeciders(world: World): Promise<Deciders> {
  const issued = await Promise.all(
    Object.entries(DECIDERS).map(async ([name, wish]) => {
      const made = await world.gateway.issue({ plane: 'admin', ...(wish as TokenWish) });
      world.canaries.push(made.token);
      return [name, made] as const;
    }),
  );
  return Object.fromEntries(issued) as unknown as Deciders;
}

type Administered = { readonly gateway: Pick<TestGateway, 'admin'> };

export function decide(
  world: Administered,
  id: string,
  how: 'approve' | 'reject',
  token: string,
  body: object = {},
): Promise<AdminAnswer> {
  return world.gateway.admin('POST', `/api/approvals/${id}/${how}`, body, token);
}

export async function statusOf(world: Administered, id: string): Promise<unknown> {
  const { json } = await world.gateway.admin('GET', `/api/approvals/${id}`);
  return json['status'];
}
