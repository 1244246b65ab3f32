import type { TargetKind } from '../catalog/target.ts';
import type { Principal } from '../identity/principal.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../json/value.ts';
import type { WindowUse } from '../limits/limit-use.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import { decide } from './decide.ts';
import type { Decision, DecisionRequest } from './decision.ts';
import type { CandidateRules, TargetPlan } from './target-plan.ts';

/** A decision of the past, as far as the log tells it. */
export interface RecordedCall {
  readonly principal: Principal;
  readonly target: { readonly kind: TargetKind; readonly upstream: string; readonly name: string };
  /** As recorded, with markers where something was taken out; `null` where nothing is left of them. */
  readonly args: JsonObject | null;
  readonly timeMs: number;
  readonly decision: Decision['effect'];
  /** Its person had seen private and untrusted data before, and that made it wait. The log does not tell it of any other call. */
  readonly hadSeenBoth: boolean;
}

export type ReplayChange = 'same' | 'newly-denied' | 'newly-allowed' | 'newly-asking';

export interface ReplayedCall {
  readonly change: ReplayChange;
  readonly decision: Decision;
  /** `false`: the policy looks at something that was taken out of the record, so the real call may have come out otherwise. */
  readonly isCertain: boolean;
}

/** Decides a recorded call under another policy, at the time when it came. */
export function replayCall(policy: CompiledPolicy, call: RecordedCall): ReplayedCall {
  const { principal, target, args, timeMs: nowMs } = call;
  const plan = policy.upstreams.get(target.upstream)?.planFor(target) ?? null;
  const isCertain = plan === null || !looksAtWhatIsMissing(plan, args);
  // Where nothing depends on them, no arguments at all are as good as the real ones.
  const known = args ?? (isCertain ? NO_ARGS : null);
  const isUsed = ({ kind }: WindowUse): boolean => kind === 'seen' && call.hadSeenBoth;
  const request: DecisionRequest = { principal, target, args: known, nowMs, isUsed };
  const decision = decide(policy, request);
  return { change: changeOf(call.decision, decision.effect), decision, isCertain };
}

const NO_ARGS: JsonObject = Object.freeze(Object.create(null)) as JsonObject;

function changeOf(before: Decision['effect'], after: Decision['effect']): ReplayChange {
  if (before === after) return 'same';
  return CHANGES[after];
}

const CHANGES = { allow: 'newly-allowed', approve: 'newly-asking', deny: 'newly-denied' } as const;

type Path = readonly (string | number)[];

function looksAtWhatIsMissing(plan: TargetPlan, args: JsonObject | null): boolean {
  const missing = args === null ? [EVERYTHING] : missingIn(args, []);
  if (missing.length === 0) return false;
  const { argument, possible } = plan.classifier;
  const seen = possible.flatMap((toolClass) => pathsOf(plan.rulesFor(toolClass)));
  const all = argument === null ? seen : [...seen, [argument]];
  return all.some((path) => missing.some((each) => overlaps(path, each)));
}

const EVERYTHING: Path = [];

function pathsOf({ denies, grants }: CandidateRules): readonly Path[] {
  return [...denies, ...grants].flatMap(({ rule, condition }) => [
    ...(condition?.argumentPaths ?? []),
    ...rule.bind.map(({ path }) => path),
  ]);
}

/** Where something was taken out. A name that was is taken for everything around it: nobody knows what it was. */
function missingIn(value: Json, path: Path): readonly Path[] {
  if (typeof value === 'string') return value.includes(MARKER) ? [path] : [];
  if (isJsonArray(value)) return value.flatMap((item, index) => missingIn(item, [...path, index]));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, item]) => {
    return name.includes(MARKER) || name === OMITTED ? [path] : missingIn(item, [...path, name]);
  });
}

/** `[redacted:key]`, `[redacted:credential]` and those like them. */
const MARKER = '[redacted:';
/** Stands for all arguments of a call that was denied, where they were long. */
const OMITTED = '[omitted]';

/** One of the two is inside the other. */
function overlaps(a: Path, b: Path): boolean {
  const shared = Math.min(a.length, b.length);
  return a.slice(0, shared).every((step, index) => step === b[index]);
}
