import type { Era, Revision } from '../../../core/mcp/revisions.ts';
import { type Result, ok } from '../../../core/result.ts';
import type { UpstreamFault } from '../../../ports/upstream.ts';
import { notSent } from '../fault.ts';
import { readDiscovery } from '../rpc/read-discovery.ts';
import { readInstructions } from '../rpc/read-instructions.ts';
import { readInitializeResult } from '../rpc/read-initialize-result.ts';
import type { RpcResponse } from '../rpc/read-message.ts';
import { MODERN_REVISION, type ParamsWriter, writeInitializeParams } from '../rpc/write-params.ts';
import type { ClientInfo } from '../upstream-deps.ts';
import type { ChildEnd } from './child.ts';
import type { Connection } from './connection.ts';

export interface Greeting {
  readonly client: ClientInfo;
  readonly modernParams: ParamsWriter;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What a process said of itself when it was greeted. */
export interface Greeted {
  readonly revision: Revision;
  readonly instructions: string | null;
}

/** Introduces the gateway to a process that has just started, and learns which revision it speaks. `declared` is `ClientCapabilities`. */
export function greet(
  connection: Connection,
  era: Era,
  greeting: Greeting,
  declared: string,
): Promise<Result<Greeted, UpstreamFault>> {
  return era === 'modern' ? discover(connection, greeting) : initialize(connection, greeting, declared);
}

async function initialize(
  connection: Connection,
  greeting: Greeting,
  declared: string,
): Promise<Result<Greeted, UpstreamFault>> {
  const answered = await ask(connection, greeting, 'initialize', writeInitializeParams(greeting.client, declared));
  if (!answered.ok) return answered;
  if (answered.value.kind === 'error')
    return notSent('invalid-answer', `JSON-RPC error ${answered.value.code} to initialize`);
  const revision = readInitializeResult(answered.value.result);
  if (!revision.ok) return notSent('invalid-answer', revision.error);
  connection.notify('notifications/initialized', '{}');
  return ok({ revision: revision.value, instructions: readInstructions(answered.value.result) });
}

/** A modern process needs no handshake; asking it shows that it lives and speaks as it was said to. */
async function discover(connection: Connection, greeting: Greeting): Promise<Result<Greeted, UpstreamFault>> {
  const answered = await ask(connection, greeting, 'server/discover', greeting.modernParams.discover());
  if (!answered.ok) return answered;
  if (readDiscovery(answered.value) === 'modern') {
    const instructions = answered.value.kind === 'result' ? readInstructions(answered.value.result) : null;
    return ok({ revision: MODERN_REVISION, instructions });
  }
  return notSent('invalid-answer', `the process does not speak ${MODERN_REVISION}`);
}

/**
 * Asks a process that is thrown away afterwards, because many legacy servers end on any message before `initialize`. That, an error and
 * silence all mean legacy; if the process was merely broken, the handshake with the next one will show it.
 */
export async function probeEra(
  open: (onGone: (end: ChildEnd) => void) => Connection,
  greeting: Greeting,
): Promise<Result<Era, UpstreamFault>> {
  let hadStarted = true;
  const connection = open((end) => {
    hadStarted = end.hadStarted;
  });
  const answered = await ask(connection, greeting, 'server/discover', greeting.modernParams.discover());
  await connection.close();
  if (answered.ok) {
    const era = readDiscovery(answered.value);
    return era === null ? notSent('invalid-answer', 'the process speaks no revision that the gateway speaks') : ok(era);
  }
  const isSilent = answered.error.kind === 'timeout' || answered.error.kind === 'unreachable';
  return hadStarted && isSilent ? ok('legacy') : answered;
}

function ask(
  connection: Connection,
  { timeoutMs, signal }: Greeting,
  method: string,
  paramsJson: string,
): Promise<Result<RpcResponse, UpstreamFault>> {
  return connection.request({ method, paramsJson: () => paramsJson, timeoutMs, signal, progressGate: null });
}
