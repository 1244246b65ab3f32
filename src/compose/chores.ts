import type { Config } from '../config/config.ts';
import type { CallDeps } from '../gateway/deps.ts';
import { expireApprovals } from '../gateway/expire-approvals.ts';
import { pruneApprovals } from '../gateway/prune-approvals.ts';

const EXPIRY_INTERVAL_MS = 10_000;
/** With what one round takes, 2,000 a minute at most. */
const PRUNING_INTERVAL_MS = 60_000;

/** What is done now and then, whether anybody calls or not. */
export function startChores(deps: CallDeps, config: Config, opened: AsyncDisposableStack): void {
  void prune(deps, config);
  void expire(deps);
  const chores = [
    setInterval(() => void expire(deps), EXPIRY_INTERVAL_MS),
    setInterval(() => void prune(deps, config), PRUNING_INTERVAL_MS),
  ];
  for (const chore of chores) chore.unref();
  opened.defer(() => chores.forEach(clearInterval));
}

async function expire(deps: CallDeps): Promise<void> {
  await expireApprovals(deps).catch((error: unknown) =>
    deps.report({ callId: null, problem: 'approvals whose time is over could not be ended yet', error }),
  );
  await deps.killSwitches
    .recordExpired()
    .catch((error: unknown) =>
      deps.report({ callId: null, problem: 'the end of a kill switch could not be recorded', error }),
    );
  await deps.leftCalls.expire();
}

/** What is over and was kept long enough. The log stays. */
async function prune(deps: CallDeps, { approvals }: Config): Promise<void> {
  deps.keptResults.forgetOver();
  deps.pages.forgetOver();
  await Promise.all([pruneApprovals(deps, approvals.keepMs), deps.tasks.forgetOver(deps.clock.nowMs())]).catch(
    (error: unknown) => deps.report({ callId: null, problem: 'what is over could not be removed yet', error }),
  );
}
