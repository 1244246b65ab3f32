import { hash } from 'node:crypto';
import { canonicalJson } from '../json/canonical-json.ts';
import type { ToolClass } from '../catalog/tool.ts';
import type { LimitUse } from '../limits/limit-use.ts';
import type { ConditionFacts } from './cel/condition.ts';
import type { PolicySource } from './compile-policy.ts';
import { createSubjectMatcher, type SubjectMatcher } from './matchers/subject.ts';
import { createWhoMatcher, type WhoMatcher } from './matchers/who.ts';
import type { PolicyLimit } from './policy-limits.ts';
import type { PlacedWatch } from './policy-watch.ts';

/** A limit, prepared. */
export interface CompiledLimit {
  readonly limit: PolicyLimit;
  readonly place: string;
  /** The same as long as whom and what the limit counts is the same: a change of its numbers frees nothing. */
  readonly id: string;
  readonly isAbout: SubjectMatcher;
  readonly matchWho: WhoMatcher;
}

export function compileLimits({ file, placeOf }: PolicySource): CompiledLimit[] {
  return file.limits.map((limit, index) => ({
    limit,
    place: placeOf(['limits', index]),
    id: idOf(file.upstream, limit),
    isAbout: createSubjectMatcher(limit.subject),
    matchWho: createWhoMatcher(limit.who),
  }));
}

/** What a call takes of every limit on it. Scopes are no way round a limit: whoever lacks them is counted too. */
export function limitUses(
  limits: readonly CompiledLimit[],
  { principal, tool }: ConditionFacts,
  classes: readonly ToolClass[],
): readonly LimitUse[] {
  if (limits.length === 0) return NO_USES;
  const uses: LimitUse[] = [];
  for (const { limit, place, id, isAbout, matchWho } of limits) {
    if (!classes.some((each) => isAbout('tool', tool, each)) || matchWho(principal).kind === 'other') continue;
    const counted = countedApart(limit, principal, tool);
    const { calls, concurrentMax, spend } = limit;
    if (calls !== null)
      uses.push({ kind: 'calls', key: `${id} calls ${calls.windowMs} ${counted}`, place, amount: 1, ...calls });
    if (spend !== null) {
      const { cost, budget } = spend;
      uses.push({ kind: 'spend', key: `${id} spend ${budget.windowMs} ${counted}`, place, amount: cost, ...budget });
    }
    if (concurrentMax !== null)
      uses.push({ kind: 'concurrent', key: `${id} at once ${counted}`, place, max: concurrentMax });
  }
  return uses;
}

/** Remembers that the person used the tool, where a watch rule asks for approval of the first time. */
export function firstUse(
  watch: readonly PlacedWatch[],
  { principal, upstream, tool }: ConditionFacts,
): readonly LimitUse[] {
  const found = watch.find(({ on }) => on === 'first-use-of-tool');
  if (found === undefined) return NO_USES;
  const key = `first use ${upstream}/${tool} ${principal.id}`;
  return [
    { kind: 'first-use', key, place: found.place, amount: 1, max: Number.MAX_SAFE_INTEGER, windowMs: FIRST_USE_MS },
  ];
}

/** Whoever has not used a tool for a year uses it for the first time again. */
const FIRST_USE_MS = 365 * 86_400_000;

const NO_USES: readonly LimitUse[] = [];

/** Never by session or credential: a person who signs in again has used what they have used. */
function countedApart({ per }: PolicyLimit, { id, client }: ConditionFacts['principal'], tool: string): string {
  switch (per) {
    case 'principal':
      return id;
    case 'client':
      return client;
    case 'tool':
      return `${tool} ${id}`;
    case 'everybody':
      return '';
  }
}

function idOf(upstream: string, { who, subject, per }: PolicyLimit): string {
  return hash('sha256', canonicalJson({ upstream, who: { ...who }, subject: { ...subject }, per }), 'hex').slice(0, 22);
}
