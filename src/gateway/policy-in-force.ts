import type { CompiledPolicy } from '../core/policy/compile-policy.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { Clock } from '../ports/clock.ts';
import type { OperatorReport } from './deps.ts';

/**
 * The one policy that decides. It is replaced as a whole, between two decisions and never during one: a decision asks for it once and
 * names its version.
 */
export interface PolicyInForce {
  readonly current: () => CompiledPolicy;
  /** Loads again, one load at a time. Never rejects: what is wrong is reported, and the policy in force stays. */
  reload(): Promise<void>;
  /** Calls `listener` after another policy came into force. */
  onReplaced(listener: () => void): void;
}

export interface PolicyInForceDeps {
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly report: (problem: OperatorReport) => void;
  /** Called with what is wrong with files that were changed and cannot be used. */
  readonly onRefused: (why: string) => void;
  /** The policy as the files are now, or what is wrong with them, in words for an operator. */
  readonly load: () => Promise<CompiledPolicy | string>;
}

export function createPolicyInForce(deps: PolicyInForceDeps, initial: CompiledPolicy): PolicyInForce {
  let current = initial;
  const listeners: (() => void)[] = [];
  let loading: Promise<void> = Promise.resolve();

  async function replace(): Promise<void> {
    const loaded = await deps.load();
    if (typeof loaded === 'string') return refuse(loaded);
    if (loaded.version === current.version) return;
    // A file that is gone for a moment, while an editor or a deployment puts another in its place, is no wish to deny everything.
    if (loaded.upstreams.size === 0)
      return refuse('there is no policy any more; to stop everything, use the kill switch');
    const detail = `${loaded.upstreams.size} upstreams, in place of ${current.version.slice(0, 16)}`;
    const { version: policyVersion } = loaded;
    await deps.audit.record([
      { kind: 'gateway', timeMs: deps.clock.nowMs(), change: 'policy-loaded', policyVersion, by: null, detail },
    ]);
    current = loaded;
    deps.report({ callId: null, problem: `another policy is in force: ${policyVersion.slice(0, 16)}, ${detail}` });
    for (const listener of listeners) listener();
  }

  function refuse(why: string): void {
    const problem = `the policies were changed and cannot be used; those from before stay in force: ${why}`;
    deps.report({ callId: null, problem });
    deps.onRefused(why);
  }

  return {
    current: () => current,
    reload() {
      loading = loading.then(replace).catch((error: unknown) => {
        deps.report({ callId: null, problem: 'the policies could not be loaded again; those from before stay', error });
      });
      return loading;
    },
    onReplaced: (listener) => void listeners.push(listener),
  };
}
