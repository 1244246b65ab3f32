import type { PassRules } from '../core/content/pass-rules.ts';
import type { AskRules } from '../core/conversation/ask-rules.ts';
import type { Detector } from '../core/content/detectors/detector.ts';
import type { KnownSecrets } from '../core/content/redact-arguments.ts';
import type { CompiledPolicy } from '../core/policy/compile-policy.ts';
import type { ApprovalStore } from '../ports/approval-store.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { Clock, Ids } from '../ports/clock.ts';
import type { OpenCallStore } from '../ports/open-call-store.ts';
import type { Sealer } from '../ports/sealer.ts';
import type { TaskStore } from '../ports/task-store.ts';
import type { Upstream } from '../ports/upstream.ts';
import type { ApprovalDesk } from './approval-desk.ts';
import type { Approvers } from './approvers.ts';
import type { Catalogue } from './catalogue.ts';
import type { Conversations } from './conversations.ts';
import type { Deadlines } from './deadlines.ts';
import type { HoldRecords } from './hold-records.ts';
import type { InFlight } from './in-flight.ts';
import type { LoadInstructions } from './instructions.ts';
import type { KeptResults } from './kept-results.ts';
import type { KillSwitches } from './kill-switches.ts';
import type { LeftCalls } from './left-calls.ts';
import type { Limits } from './limits.ts';
import type { Pins } from './pins.ts';
import type { PrincipalRecords } from './principal-records.ts';
import type { Shadow } from './shadow.ts';
import type { Previews } from './previews.ts';
import type { Watch } from './watch.ts';
import type { OpenedPages } from './opened-pages.ts';
import type { LateRecords } from './late-records.ts';
import type { ListViews } from './list-view.ts';
import type { TaskSettings } from './tasks/task-settings.ts';

/** What one governed call may use. Built once, in the composition root. */
export interface CallDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly audit: AuditLog;
  readonly approvals: ApprovalStore;
  readonly tasks: TaskStore;
  /** For what tasks and calls keep in the store: arguments, results, and where to go on, with a key that is not in it. */
  readonly taskSealer: Sealer;
  readonly taskSettings: TaskSettings;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly catalogue: Catalogue;
  readonly listViews: ListViews;
  /** Seals the cursors of lists. */
  readonly cursorSealer: Sealer;
  readonly killSwitches: KillSwitches;
  readonly inFlight: InFlight;
  readonly desk: ApprovalDesk;
  readonly approvers: Approvers;
  readonly deadlines: Deadlines;
  readonly holdRecords: HoldRecords;
  readonly previews: Previews;
  readonly keptResults: KeptResults;
  readonly lateRecords: LateRecords;
  readonly limits: Limits;
  readonly watch: Watch;
  readonly conversations: Conversations;
  /** What of calls outlives this process. */
  readonly openCalls: OpenCallStore;
  /** What the process before this one left open. */
  readonly leftCalls: LeftCalls;
  /** New for each process. */
  readonly processId: string;
  /** Pages that people were sent to during calls. */
  readonly pages: OpenedPages;
  /** Seals what modern hosts carry between two rounds of a call, with a key that lasts over restarts. */
  readonly stateSealer: Sealer;
  /** What the operator lets an upstream ask. */
  readonly askRules: (upstream: string) => AskRules;
  /** What the operator lets through of an upstream's own words. */
  readonly passRules: (upstream: string) => PassRules;
  /** Quarantine of what is no tool. */
  readonly pins: Pick<Pins, 'screenOther'>;
  /** What upstreams say about themselves. */
  readonly loadInstructions: LoadInstructions;
  /** The policy in force. Asked once per decision, so that one decision names one version. */
  readonly policy: () => CompiledPolicy;
  /** The candidate that decides beside the policy in force. */
  readonly shadow: Shadow;
  readonly principals: PrincipalRecords;
  readonly knownSecrets: KnownSecrets;
  /** What is looked for in results, beside the credentials that the gateway holds. */
  readonly resultDetectors: readonly Detector[];
  /** Key of the arguments' digest. */
  readonly digestKey: Uint8Array;
  readonly environment: string;
  readonly approvalSettings: ApprovalSettings;
  /** Reports what an operator should know and a host may not. Holds no argument, result or credential. */
  readonly report: (problem: OperatorReport) => void;
}

export interface ApprovalSettings {
  /** How long a call is held open for a fast approver before the pending result is given. */
  readonly holdMs: number;
  /** The same for hosts by the beginning of their name, in place of what is known of them. */
  readonly holds: ReadonlyMap<string, number>;
  /** How long the result of an approved call is kept for a retry. */
  readonly keepResultMs: number;
  /** Pending approvals of one principal, and of all. More are denied with a reason, never dropped silently. */
  readonly pendingPerPrincipalMax: number;
  /** Pending approvals of one principal for one tool. */
  readonly pendingPerToolMax: number;
  readonly pendingMax: number;
  /** Where a person finds the request: `<url>/approvals/<id>`. */
  readonly consoleUrl: () => string;
}

export interface OperatorReport {
  readonly callId: string | null;
  readonly problem: string;
  readonly error?: unknown;
}
