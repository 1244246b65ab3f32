import type { Approval } from '../../core/approval/approval.ts';
import { holdMsFor } from '../../core/approval/hold-times.ts';
import type { CallDeps } from '../deps.ts';
import type { HostStream, RequestContext } from '../gateway.ts';

/**
 * The longest that a host which wants to hear of progress is left without: the SDKs of MCP give up after 60 s without any, and others after
 * 300 s.
 */
const TELL_EVERY_MS = 15_000;
/** How often it is told in a hold that is short. */
const TELLINGS_MIN = 8;
/** So that what an upstream tells once the call runs, from 1 on or in hundredths, still increases after it. */
const TELLING_SHARE = 1 / 1000;

/** A host that was made to wait, and which request its call waits for. */
export interface Waiting {
  readonly context: RequestContext;
  readonly stream: HostStream;
  readonly approval: Approval;
  readonly signal: AbortSignal;
}

/**
 * Waits until somebody decided, as long as suits the host, and tells it so all the while. How long hosts that give up have waited is
 * remembered, for whoever sets the time.
 */
export async function waitForPerson(deps: CallDeps, waiting: Waiting): Promise<void> {
  const { clock, desk, holdRecords } = deps;
  const { context, approval, signal } = waiting;
  const holdMs = holdMsOf(deps, context);
  const startedMs = clock.monotonicMs();
  const over = tellAllTheWhile(deps, waiting, holdMs);
  const how = holdMs > 0 ? await desk.wait(approval.id, holdMs, signal).finally(over) : 'time-up';
  if (how === 'aborted')
    holdRecords.gaveUp(context.hostName ?? context.principal.client, clock.monotonicMs() - startedMs);
}

/** Tells now and then, until what it gives is called. */
function tellAllTheWhile(
  { clock, approvalSettings }: CallDeps,
  { stream, approval: { id } }: Waiting,
  holdMs: number,
): () => void {
  const startedMs = clock.monotonicMs();
  const url = `${approvalSettings.consoleUrl()}/approvals/${id}`;
  let told = 0;
  const tell = (): void => {
    const seconds = Math.round((clock.monotonicMs() - startedMs) / 1000);
    const since = told === 0 ? '' : ` for ${seconds} s`;
    stream.progress({
      progress: told * TELLING_SHARE,
      total: null,
      message: `waiting for approval ${id}${since}: ${url}`,
    });
    told += 1;
  };
  if (!stream.wantsProgress) return () => undefined;
  tell();
  const telling = holdMs > 0 ? setInterval(tell, Math.min(TELL_EVERY_MS, holdMs / TELLINGS_MIN)) : undefined;
  return () => clearInterval(telling);
}

export function holdMsOf({ approvalSettings }: CallDeps, { principal, hostName }: RequestContext): number {
  const times = { configured: approvalSettings.holds, otherwiseMs: approvalSettings.holdMs };
  return holdMsFor(times, [hostName, principal.client]);
}
