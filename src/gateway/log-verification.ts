import type { LogVerdict } from '../core/audit/verify/check-log.ts';
import type { Clock } from '../ports/clock.ts';
import type { LogVerifier } from '../ports/log-verifier.ts';
import type { OperatorReport } from './deps.ts';

export interface VerificationState {
  /** Of the last check that came to its end; `null` where none has. */
  readonly verdict: LogVerdict | null;
  readonly checkedMs: number | null;
  /** How far the check is that is under way, by sequence number; `null` where none is. */
  readonly checkingAt: number | null;
  /** Why the last check came to no end. */
  readonly problem: string | null;
}

/** The log, checked when somebody asks, once at a time and not again within a minute, whoever asks. */
export interface LogVerification {
  /** What is known now. Begins a check where there is none as young as that. */
  look(): VerificationState;
}

export interface LogVerificationDeps {
  readonly verifier: LogVerifier;
  readonly clock: Clock;
  readonly report: (problem: OperatorReport) => void;
}

/** To read the whole log takes seconds of another core. */
const AGAIN_AFTER_MS = 60_000;

export function createLogVerification({ verifier, clock, report }: LogVerificationDeps): LogVerification {
  let state: VerificationState = { verdict: null, checkedMs: null, checkingAt: null, problem: null };
  let begunMs = Number.NEGATIVE_INFINITY;

  async function check(): Promise<void> {
    try {
      const verdict = await verifier.verify((sequence) => (state = { ...state, checkingAt: sequence }));
      const [fault] = verdict.faults;
      if (fault !== undefined) {
        const { sequence, expected, got } = fault;
        report({
          callId: null,
          problem: `the audit log is bad at entry ${sequence}: expected ${expected}, got ${got}`,
        });
      }
      state = { verdict, checkedMs: clock.nowMs(), checkingAt: null, problem: null };
    } catch (error) {
      report({ callId: null, problem: 'the audit log could not be checked', error });
      state = { ...state, checkingAt: null, problem: 'the log could not be read to its end' };
    }
  }

  return {
    look() {
      const nowMs = clock.monotonicMs();
      if (state.checkingAt === null && nowMs - begunMs >= AGAIN_AFTER_MS) {
        begunMs = nowMs;
        state = { ...state, checkingAt: 0 };
        void check();
      }
      return state;
    },
  };
}
