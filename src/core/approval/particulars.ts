import type { ToolClass } from '../catalog/tool.ts';
import type { Principal } from '../identity/principal.ts';
import type { ApprovalId } from './approval.ts';

/** What is fixed when an approval is asked for, beside what it is bound to: who is asked, how, and in which words. */
export interface ApprovalParticulars {
  /** The rule's `summary`, filled in with what is shown of the arguments; `null` where no rule has one. Untrusted text. */
  readonly summary: string | null;
  /** Where the rule stands: `policies/crm.yaml:12:5`. */
  readonly rulePlace: string | null;
  readonly toolClass: ToolClass;
  /** Names the credential that asked. Never the secret. */
  readonly credentialId: string;
  /** The acting person confirms, and nobody else can. */
  readonly byRequester: boolean;
  /** An approver must be one of these; empty: anybody whom the groups let. */
  readonly approverUsers: readonly string[];
  /** The tool that reads the record beforehand; `null`: none does. */
  readonly previewTool: string | null;
  /** What whoever approves must type; `null`: nothing. */
  readonly confirm: string | null;
  /** How long ago an approver may have proved who they are; `null`: whenever. */
  readonly reauthenticateMs: number | null;
  /** What an approver may agree to beforehand; `null`: this one call alone. */
  readonly grantOffered: GrantTerms | null;
  /** Another approval that this one comes from. */
  readonly origin: ApprovalOrigin | null;
  /** Not there in what older versions stored: such a request cannot be edited. */
  readonly requester?: RequesterRights;
}

/** What the credential that asked said of its holder, so that other arguments can be decided on for the same person. */
export type RequesterRights = Pick<Principal, 'groups' | 'scopes' | 'tenant' | 'issuer' | 'expiresMs'>;

export interface GrantTerms {
  /** Calls in all, the first included. */
  readonly count: number;
  readonly forMs: number;
}

/** `edit`: proposed in place of that one, with other arguments. `grant`: that one was approved for further calls as well. */
export type ApprovalOrigin =
  | { readonly kind: 'grant'; readonly id: ApprovalId }
  | {
      readonly kind: 'edit';
      readonly id: ApprovalId /** Proposed it, under these names. */;
      readonly by: readonly string[];
    };
