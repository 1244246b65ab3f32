import type { Brand } from '../brand.ts';
import type { Target, TargetKind } from '../catalog/target.ts';
import type { GrantTerms } from '../approval/particulars.ts';
import type { ToolClass } from '../catalog/tool.ts';
import type { ResultDuties } from '../content/shape/result-duties.ts';
import type { Principal } from '../identity/principal.ts';
import type { JsonObject } from '../json/value.ts';
import type { LimitUse, WindowUse } from '../limits/limit-use.ts';
import type { ArgumentPath } from './policy-conditions.ts';
import type { PolicyPreview } from './policy-file.ts';
import type { ReasonCode } from './reasons.ts';

/** SHA-256, in hex, over every policy file in force. One decision names exactly one. */
export type PolicyVersion = Brand<string, 'PolicyVersion'>;

/** Why a decision came out as it did. At least one is always there. */
export interface Reason {
  readonly code: ReasonCode;
  /** The rule that spoke, with the place it stands at, or `null` where no rule did. */
  readonly ruleId: string | null;
  /** `policies/crm.yaml:12:5` */
  readonly place: string | null;
  /** The rule's own words for a person, or ours. Never holds an argument. */
  readonly text: string;
}

/** A template can be listed, and is not called by itself. */
export type DecisionTarget = Pick<Target, 'upstream' | 'name'> & { readonly kind: TargetKind | 'template' };

export interface DecisionRequest {
  readonly principal: Principal;
  readonly target: DecisionTarget;
  /** `null` asks "could any arguments be allowed?": the question of a listing. */
  readonly args: JsonObject | null;
  readonly nowMs: number;
  /** Whether anything of a window is used at this moment. Without it nothing is taken to be: whoever runs calls gives it. */
  readonly isUsed?: (use: WindowUse) => boolean;
}

/** What the approval of a held call must satisfy. */
export interface ApprovalTerms {
  /** Groups of which the approver must be in one; empty where any holder of the approver role may. */
  readonly approverGroups: readonly string[];
  /** How many different people must approve. */
  readonly approversNeeded: number;
  readonly expiresInMs: number;
  /** People of whom the approver must be one; empty where anybody whom the groups let may. */
  readonly approverUsers: readonly string[];
  /** The acting person confirms, and nobody else can. */
  readonly byRequester: boolean;
  /** Of the first rule that has one, in the order of ids. */
  readonly summary: string | null;
  readonly preview: PolicyPreview | null;
  readonly confirm: string | null;
  readonly reauthenticateMs: number | null;
  readonly grant: GrantTerms | null;
}

/** What a call that is not denied becomes. */
interface Granted {
  /** With what the policy fills in. These are recorded, approved and sent, and no others. `null` for a listing. */
  readonly args: JsonObject | null;
  /** The arguments that name the records touched, of all rules that grant it. */
  readonly records: readonly ArgumentPath[];
  /** What the call takes of limits when it runs; empty for a listing. */
  readonly limits: readonly LimitUse[];
  /** What must be done to the result; `null`: nothing beside what is done to every result. */
  readonly result: ResultDuties | null;
}

interface Decided {
  readonly class: ToolClass;
  readonly policyVersion: PolicyVersion;
  readonly reasons: readonly [Reason, ...Reason[]];
}

export type Decision = Decided &
  (
    | (Granted & { readonly effect: 'allow' })
    | (Granted & { readonly effect: 'approve'; readonly terms: ApprovalTerms })
    | {
        readonly effect: 'deny';
        /** `true`: the host must not learn that the tool exists. */
        readonly hidden: boolean;
        /** Scopes that would have made a rule match, where lack of scope was the only obstacle. */
        readonly missingScopes: readonly string[];
      }
  );
