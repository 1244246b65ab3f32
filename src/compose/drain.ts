import type { McpPlane } from '../adapters/http/mcp-plane.ts';
import type { CallDeps } from '../gateway/deps.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Upstream } from '../ports/upstream.ts';

/** How long running calls may go on when the gateway is told to stop. The rest of the plane's own time is for answering them. */
const DRAIN_CALLS_MS = 8000;
/** How long the outcomes of calls that were given up may take: once for their answers to come to an end, once without their upstreams. */
const GIVEN_UP_MS = 2000;

/**
 * Lets running calls finish for a while, then gives them up in time to tell their hosts. Held ones wait for a person, so not for us. A call
 * whose host has hung up runs as well, and its outcome belongs in the log before the store closes.
 */
export async function drain(
  mcp: McpPlane,
  { clock, desk, inFlight, conversations, leftCalls }: CallDeps,
  { tasks }: Gateway,
): Promise<void> {
  const untilMs = clock.monotonicMs() + DRAIN_CALLS_MS + GIVEN_UP_MS;
  desk.close();
  const giveUp = setTimeout(() => {
    conversations.leaveDurable();
    leftCalls.close();
    inFlight.stopAll();
  }, DRAIN_CALLS_MS);
  await Promise.all([mcp.close(), tasks.finish()]);
  // No host can come back for these any more, but to the next process.
  leftCalls.close();
  await conversations.close();
  await inFlight.emptied(Math.max(0, untilMs - clock.monotonicMs()));
  clearTimeout(giveUp);
}

/** Whatever still runs ends with its upstream, and is waited for once more. */
export async function closeUpstreams(
  upstreams: ReadonlyMap<string, Upstream>,
  { inFlight, report }: CallDeps,
): Promise<void> {
  await Promise.all([...upstreams.values()].map((upstream) => upstream.close()));
  if (await inFlight.emptied(GIVEN_UP_MS)) return;
  const problem = `${inFlight.size} calls did not end in time; the next start records that their outcome is unknown`;
  report({ callId: null, problem });
}
