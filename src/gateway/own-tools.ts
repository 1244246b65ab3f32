import type { Approval, ApprovalId } from '../core/approval/approval.ts';
import { definitionDigest } from '../core/catalog/definition-digest.ts';
import type { ToolDefinition } from '../core/catalog/tool.ts';
import { canonicalJson } from '../core/json/canonical-json.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json/value.ts';
import { OWN_APPROVALS_TOOL, OWN_UPSTREAM } from '../core/policy/own-policy.ts';
import { ok } from '../core/result.ts';
import { formatTimestamp } from '../core/timestamp.ts';
import type { ApprovalStore } from '../ports/approval-store.ts';
import type { Upstream, UpstreamCall, UpstreamResult } from '../ports/upstream.ts';
import type { ApprovalDesk } from './approval-desk.ts';
import { isOpen } from './tasks/open-task.ts';

export interface OwnToolsDeps {
  readonly approvals: ApprovalStore;
  readonly desk: ApprovalDesk;
  readonly consoleUrl: () => string;
}

/** Less than any host waits for a call. */
const WAIT_SECONDS_MAX = 45;
const WAIT_SECONDS = 20;
const LISTED_MAX = 50;

/**
 * What the gateway offers of its own, as an upstream like any other: listed, decided, limited and recorded in the same way. It reads, and
 * only what belongs to whoever asks: nothing here decides about a request, or changes one.
 */
export function createOwnTools(deps: OwnToolsDeps): Upstream {
  return {
    name: OWN_UPSTREAM,
    call: async (call) => ok(await answer(deps, call)),
    listTools: () => Promise.resolve(ok([APPROVALS])),
    list: () => Promise.resolve(ok([])),
    loadInstructions: () => Promise.resolve(ok(null)),
    onNotice: () => undefined,
    attend: () => Promise.resolve(),
    tellRootsChanged: () => undefined,
    status: () => ({
      name: OWN_UPSTREAM,
      transport: 'http',
      state: 'ready',
      era: null,
      revision: null,
      tools: 1,
      lastFault: null,
    }),
    close: () => Promise.resolve(),
  };
}

async function answer(deps: OwnToolsDeps, { caller, target, signal }: UpstreamCall): Promise<UpstreamResult> {
  const { arguments: args } = JSON.parse(target.paramsJson) as { arguments: JsonObject };
  const action = args['action'] ?? 'list';
  if (action === 'list') return listOwn(deps, caller.principal);
  if (action !== 'status' && action !== 'wait') return failed('action is one of list, status and wait.');
  const id = args['approvalId'];
  const found = typeof id === 'string' ? await findOwn(deps, id, caller.principal) : null;
  // One answer for what is not there and for what is somebody else's.
  if (found === null) return failed('There is no such request of yours. List them to see their ids.');
  if (action === 'status' || !isOpen(found)) return statusOf(deps, found);
  await deps.desk.wait(found.id, secondsOf(args['seconds']) * 1000, signal);
  return statusOf(deps, (await findOwn(deps, found.id, caller.principal)) ?? found);
}

function secondsOf(wish: Json | undefined): number {
  return typeof wish === 'number' && wish > 0 ? Math.min(wish, WAIT_SECONDS_MAX) : WAIT_SECONDS;
}

async function findOwn({ approvals }: OwnToolsDeps, id: string, principal: string): Promise<Approval | null> {
  const found = await approvals.find(id as ApprovalId);
  return found?.binding.principal === principal ? found : null;
}

async function listOwn(deps: OwnToolsDeps, principal: string): Promise<UpstreamResult> {
  const own = await deps.approvals.list({ status: null, limit: LISTED_MAX, principal });
  const approvals = own.map((approval) => shown(deps, approval));
  const lines = own.map(({ id, status, binding }) => `${id} ${status} ${binding.upstream}/${binding.tool}`);
  const text = lines.length === 0 ? 'You have asked for nothing that needs approval.' : lines.join('\n');
  return result(text, { approvals }, false);
}

function statusOf(deps: OwnToolsDeps, approval: Approval): UpstreamResult {
  const { id, status, binding, supersededBy } = approval;
  const next =
    supersededBy === null
      ? (NEXT[status] ?? 'It did not run.')
      : `A person changed its arguments: ${supersededBy} asks about those. Call the same tool as before to see them.`;
  return result(
    `The request ${id} for ${binding.upstream}/${binding.tool} is ${status}. ${next}`,
    shown(deps, approval),
    false,
  );
}

const NEXT: { readonly [Status in Approval['status']]?: string } = {
  pending: 'A person has to decide. Wait, or go on with something else.',
  approved: 'Call the same tool again with the same arguments to run it.',
  executing: 'It is running now.',
  executed: 'Call the same tool again with the same arguments to get its result, if it is still kept.',
  failed: 'Check what it did before you ask anew.',
  'outcome-unknown': 'It may have run. Check before you ask anew.',
};

/** Nothing of arguments: whoever asks knows them, and a result can be long. */
function shown(
  { consoleUrl }: OwnToolsDeps,
  { id, status, binding, createdMs, expiresMs, comment, supersededBy }: Approval,
): JsonObject {
  return {
    approvalId: id,
    status,
    upstream: binding.upstream,
    tool: binding.tool,
    createdAt: formatTimestamp(createdMs),
    expiresAt: formatTimestamp(expiresMs),
    comment,
    editedApprovalId: supersededBy,
    url: `${consoleUrl()}/approvals/${id}`,
  };
}

function failed(text: string): UpstreamResult {
  return result(text, null, true);
}

function result(text: string, structuredContent: JsonObject | null, isError: boolean): UpstreamResult {
  const members = structuredContent === null ? {} : { structuredContent };
  const json = Buffer.from(canonicalJson({ content: [{ type: 'text', text }], isError, ...members }));
  return { kind: 'result', isError, json: [json], jsonBytes: json.length };
}

const DEFINITION = {
  name: OWN_APPROVALS_TOOL,
  title: 'Your requests for approval',
  description:
    'Tells how far your own calls are that a person has to approve. It decides nothing and asks for nothing. To run an approved call, call its tool again with the same arguments.',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      action: {
        type: 'string',
        enum: ['list', 'status', 'wait'],
        description: 'list (all of yours, newest first), status (one), wait (until one is decided, or the time is up)',
      },
      approvalId: { type: 'string', description: 'For status and wait' },
      seconds: { type: 'number', description: 'How long to wait, 20 unless said, 45 at most' },
    },
  },
  annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
} as const satisfies Json;

const APPROVALS: ToolDefinition = {
  name: OWN_APPROVALS_TOOL,
  definition: DEFINITION,
  digest: definitionDigest(isJsonObject(DEFINITION) ? DEFINITION : {}),
};
