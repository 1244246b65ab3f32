import { parseHostCapabilities } from '../../core/conversation/capabilities.ts';
import { parseHostName } from '../../core/mcp/host-name.ts';
import { META_SERVER_INFO } from '../../core/mcp/classify-request.ts';
import { encodeResult } from '../../core/mcp/encode-answer.ts';
import { invalidParams } from '../../core/mcp/errors.ts';
import { parseLogLevel } from '../../core/mcp/log-level.ts';
import type { RequestMessage } from '../../core/mcp/message.ts';
import { MODERN_REVISIONS, negotiateRevision } from '../../core/mcp/revisions.ts';
import { CORE_TASKS_CAPABILITY, CORE_TASKS_REVISION, TASKS_EXTENSION } from '../../core/tasks/task-support.ts';
import type { JsonObject } from '../../core/json/value.ts';
import { type Caller, type Exchange, type Opened, turnAway } from './exchange.ts';
import { REFUSALS, refusalOf } from './refusals.ts';
import { createContext } from './request-context.ts';
import { retryAfter, sendError, sendJson } from './respond.ts';

/** What the gateway offers, whatever the upstreams say they offer: beside tools, what some rule grants this person. */
function capabilitiesOf({ plane }: Exchange, { principal, endpoint }: Caller): JsonObject {
  const { resources, prompts, completions, logging } = plane.deps.gateway.offers({ principal, endpoint });
  return {
    tools: { listChanged: true },
    ...(resources && { resources: { subscribe: true, listChanged: true } }),
    ...(prompts && { prompts: { listChanged: true } }),
    ...(completions && { completions: {} }),
    ...(logging && { logging: {} }),
  };
}

/** How long a host may take a list for fresh. It delays what a person sees, never what they may do. */
export const CATALOGUE_TTL_MS = 15_000;

/** Opens a legacy session. An id that the host brings along is not even looked at: ids are given out, never taken over. */
export async function openSession(exchange: Exchange, caller: Caller, message: RequestMessage): Promise<void> {
  const { plane, res } = exchange;
  const { principal } = caller;
  const { id, method, params } = message;
  const requested = params?.protocolVersion;
  if (typeof requested !== 'string') {
    const error = invalidParams('protocolVersion must be a string');
    return turnAway(exchange, refusalOf(error), { principal, method, id });
  }
  const revision = negotiateRevision(requested);
  const capabilities = parseHostCapabilities(params?.capabilities, revision);
  if (!(await isAdmitted(exchange, caller, { revision, capabilities, logLevel: null }, message))) return;
  const instructions = await plane.deps.gateway.instructions(caller);
  const session = plane.sessions.open(principal, revision, capabilities);
  if (session === null) return turnAway(exchange, REFUSALS.overloaded, { principal, revision, method, id });
  const hostName = parseHostName(params?.['clientInfo']);
  if (hostName !== undefined) session.hostName = hostName;
  const tasks = revision === CORE_TASKS_REVISION ? { tasks: CORE_TASKS_CAPABILITY } : {};
  const offered = { ...capabilitiesOf(exchange, caller), ...tasks };
  const result = { protocolVersion: revision, capabilities: offered, serverInfo: plane.serverInfo, instructions };
  sendJson(res, 200, encodeResult(id, result), ['Mcp-Session-Id', session.id]);
}

export async function answerPing(
  exchange: Exchange,
  caller: Caller,
  opened: Opened,
  message: RequestMessage,
): Promise<void> {
  if (await isAdmitted(exchange, caller, opened, message)) sendJson(exchange.res, 200, encodeResult(message.id, {}));
}

/** The level is the session's; without a session there is nothing to remember it by, and the next call hears nothing. */
export async function answerSetLevel(
  exchange: Exchange,
  caller: Caller,
  opened: Opened,
  message: RequestMessage,
): Promise<void> {
  const level = parseLogLevel(message.params?.level);
  if (level === null) {
    const error = invalidParams('level must be one of RFC 5424');
    const { method, id } = message;
    return turnAway(exchange, refusalOf(error), { principal: caller.principal, revision: opened.revision, method, id });
  }
  if (!(await isAdmitted(exchange, caller, opened, message))) return;
  if (opened.session !== null) opened.session.logLevel = level;
  sendJson(exchange.res, 200, encodeResult(message.id, {}));
}

/** Legacy revisions are left out: who speaks them opens with `initialize`, and is not told here. */
export async function answerDiscover(
  exchange: Exchange,
  caller: Caller,
  opened: Opened,
  message: RequestMessage,
): Promise<void> {
  if (!(await isAdmitted(exchange, caller, opened, message))) return;
  const { plane, res } = exchange;
  const result = {
    resultType: 'complete',
    supportedVersions: MODERN_REVISIONS,
    capabilities: { ...capabilitiesOf(exchange, caller), extensions: { [TASKS_EXTENSION]: {} } },
    instructions: await plane.deps.gateway.instructions(caller),
    ttlMs: CATALOGUE_TTL_MS,
    cacheScope: 'private',
    _meta: { [META_SERVER_INFO]: plane.serverInfo },
  };
  sendJson(res, 200, encodeResult(message.id, result));
}

/** The gateway records the request, or it is not answered. Where it is not, the host has been told when this resolves. */
async function isAdmitted(
  { plane, res }: Exchange,
  caller: Caller,
  opened: Pick<Opened, 'revision' | 'capabilities' | 'logLevel'>,
  { id, method }: RequestMessage,
): Promise<boolean> {
  const refused = await plane.deps.gateway.admit(createContext(plane, caller, opened), method);
  if (refused !== null && !res.destroyed) sendError(res, id, refused, retryAfter(refused.retryAfterSeconds));
  return refused === null && !res.destroyed;
}
