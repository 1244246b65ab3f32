import type { GrantTerms } from '../approval/particulars.ts';
import type { ResultDuties } from '../content/shape/result-duties.ts';
import type { JsonObject } from '../json/value.ts';
import type { PolicyConditions } from './policy-conditions.ts';
import type { PolicyLabels } from './policy-labels.ts';
import type { PolicyLimit } from './policy-limits.ts';
import type { PolicyWatch } from './policy-watch.ts';

/** One policy file, as parsed. See `docs/policy.md`. */
export interface PolicyFile {
  readonly version: 1;
  readonly upstream: string;
  readonly classes: PolicyClasses;
  readonly rules: readonly PolicyRule[];
  readonly limits: readonly PolicyLimit[];
  readonly watch: readonly PolicyWatch[];
  readonly labels: PolicyLabels;
  /** Whether what is no read may have arguments that the schema of its tool does not name. */
  readonly undeclaredArguments: 'allow' | 'deny';
}

/** Patterns are tool names in which `*` stands for any characters, or none. */
export interface PolicyClasses {
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly never: readonly string[];
  /** By the exact name of the tool. */
  readonly byArgument: ReadonlyMap<string, ArgumentClasses>;
}

/** One tool that does several things: the value of one argument says which class a call has. */
export interface ArgumentClasses {
  readonly argument: string;
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly never: readonly string[];
}

export interface PolicyRule extends PolicyConditions {
  readonly id: string;
  readonly who: PolicyWho;
  readonly subject: PolicySubject;
  readonly effect: 'allow' | 'approve' | 'deny';
  /** For people: shown to the requester and to the approver. */
  readonly reason: string | null;
  /** Only with `allow`: a write needs no approval. */
  readonly unattended: boolean;
  /** Only with `approve`. */
  readonly approval: PolicyApproval | null;
  /** What is done to the results of what it grants; never with `deny`. */
  readonly result: ResultDuties | null;
}

/** All conditions given must hold. `any` is everybody who is authenticated. */
export interface PolicyWho {
  readonly any: boolean;
  /** `null`: not a condition. Otherwise the principal's id must be one of these. */
  readonly users: readonly string[] | null;
  /** `null`: not a condition. Otherwise the principal must be in one of these. */
  readonly groups: readonly string[] | null;
  /** The principal must hold all of these; empty asks for none. */
  readonly scopes: readonly string[];
}

/** What a rule is about: one kind of thing. */
export type PolicySubject =
  | { readonly kind: 'tools'; readonly patterns: readonly string[] }
  | { readonly kind: 'tools-of-class'; readonly class: 'read' | 'write' }
  | { readonly kind: 'resources' | 'prompts'; readonly patterns: readonly string[]; readonly completion: boolean };

export interface PolicyApproval {
  /** The acting person confirms; then there are no groups, no users, and the count is 1. */
  readonly byRequester: boolean;
  /** Empty: any administrator with the approver role, as far as `users` lets. */
  readonly groups: readonly string[];
  readonly users: readonly string[];
  /** Different people. */
  readonly count: number;
  /** `null`: what the environment says. */
  readonly expiresMs: number | null;
  /** Templates: texts with places such as `{{args.id}}`. */
  readonly summary: string | null;
  readonly preview: PolicyPreview | null;
  readonly grant: GrantTerms | null;
  readonly confirm: string | null;
  readonly reauthenticateMs: number | null;
}

/** A read of the same upstream that shows what a call would change. */
export interface PolicyPreview {
  readonly tool: string;
  /** Strings in it are templates. */
  readonly args: JsonObject;
  /** Names of fields and what they become; both are templates. Empty: arguments are fields of the same name. */
  readonly set: Readonly<Record<string, string>>;
}
