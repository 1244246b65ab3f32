import type { ArgsDigest } from '../core/approval/approval.ts';
import { argsDigest } from '../core/approval/args-digest.ts';
import type { Ask } from '../core/conversation/ask.ts';
import type { DefinitionDigest } from '../core/catalog/tool.ts';
import { canonicalJson } from '../core/json/canonical-json.ts';
import { isJsonObject, type JsonObject } from '../core/json/value.ts';
import type { KillFacts } from '../core/kill-switch/kill-switch.ts';
import type { Decision } from '../core/policy/decision.ts';
import { needsTask } from '../core/tasks/task-support.ts';
import type { CallDeps } from './deps.ts';
import type { HostCall } from './gateway.ts';
import type { Place } from './in-flight.ts';
import type { LoadedDefinition, NamedTarget } from './steps/resolve-target.ts';

/** A call that policy does not deny: everything the later steps need, computed once. */
export interface GovernedCall {
  readonly call: HostCall;
  readonly target: NamedTarget;
  readonly decision: Exclude<Decision, { effect: 'deny' }>;
  /** `null` for what has no definition, such as a resource. */
  readonly definitionDigest: DefinitionDigest | null;
  /** What a tool promises of its structured content; `null`: nothing. */
  readonly outputSchema: JsonObject | null;
  /** Canonical JSON of the arguments: what was decided on, what is bound, and what is sent. */
  readonly argumentsJson: string;
  readonly argsDigest: ArgsDigest;
  /** The upstream takes this call as a task, or not at all. */
  readonly asTask: boolean;
  readonly killFacts: KillFacts;
  /** Where a kill switch or a revocation finds the call until it ends. */
  readonly place: Place;
  /** What an earlier process came to. Absent: the call begins. */
  readonly resumed?: ResumedRound | ResumedTask;
}

/** A round in which the host was asked by a process that ended since. */
export interface ResumedRound {
  readonly kind: 'round';
  readonly asks: ReadonlyMap<string, Ask>;
  readonly round: number;
  /** When the host was first asked, by the wall clock. */
  readonly startedMs: number;
  readonly bookmark: string;
}

/** A call that its upstream made a task of, and whose process ended since. */
export interface ResumedTask {
  readonly kind: 'task';
  readonly bookmark: string;
}

type DefinedPart = Pick<GovernedCall, 'definitionDigest' | 'outputSchema' | 'asTask' | 'argumentsJson' | 'argsDigest'>;

/** What of a governed call follows from its arguments and its definition. `null`: the definition cannot be had. */
export function definedPart(
  digestKey: CallDeps['digestKey'],
  args: JsonObject,
  loaded: LoadedDefinition | null,
): DefinedPart {
  const argumentsJson = canonicalJson(args);
  const { outputSchema } = loaded?.definition ?? {};
  return {
    definitionDigest: loaded?.digest ?? null,
    outputSchema: isJsonObject(outputSchema) ? outputSchema : null,
    asTask: loaded !== null && needsTask(loaded.definition),
    argumentsJson,
    argsDigest: argsDigest(digestKey, argumentsJson),
  };
}

export function killFactsOf(
  { context }: Pick<HostCall, 'context'>,
  { ref }: NamedTarget,
  decision: Decision,
): KillFacts {
  const { id, client } = context.principal;
  const tool = ref.kind === 'tool' ? ref.name : null;
  return { principal: id, client, upstream: ref.upstream, tool, class: decision.class };
}
