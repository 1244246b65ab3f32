import type { ToolClass } from '../catalog/tool.ts';
import type { Condition } from './cel/condition.ts';
import { type ClassLists, constantClassifier, createClassifier, type ToolClassifier } from './classify.ts';
import type { SubjectKind, SubjectMatcher } from './matchers/subject.ts';
import type { WhoMatcher } from './matchers/who.ts';
import type { PolicyRule } from './policy-file.ts';

/** A rule, prepared. A further condition of the language is one more matcher here and one more line in `decide`. */
export interface CompiledRule {
  readonly rule: PolicyRule;
  readonly place: string;
  readonly inEnvironment: boolean;
  readonly isAbout: SubjectMatcher;
  readonly matchWho: WhoMatcher;
  readonly condition: Condition | null;
}

/** All that the policy says about one tool, resource or prompt: what is left to ask is who calls, and with which arguments. */
export interface TargetPlan {
  readonly classifier: ToolClassifier;
  readonly rulesFor: (toolClass: ToolClass) => CandidateRules;
}

/** The rules about it, each list in the order of their ids, so that the order in the files never shows in a decision. */
export interface CandidateRules {
  readonly denies: readonly CompiledRule[];
  /** Both `allow` and `approve`. */
  readonly grants: readonly CompiledRule[];
  /** Some of them fill in arguments. */
  readonly bindsSome: boolean;
  /** Some of them ask for something to be done to results. */
  readonly shapesSome: boolean;
}

export function createToolPlan(lists: ClassLists, rules: readonly CompiledRule[], tool: string): TargetPlan {
  return createPlan(createClassifier(lists, tool), rules, 'tool', tool);
}

/** For what can only be read. `readings`: other names that an upstream may take this one for. */
export function createReadPlan(
  rules: readonly CompiledRule[],
  kind: SubjectKind,
  name: string,
  readings: readonly string[] = [],
): TargetPlan {
  return createPlan(READ, rules, kind, name, readings);
}

const READ = constantClassifier('read');

function createPlan(
  classifier: ToolClassifier,
  rules: readonly CompiledRule[],
  kind: SubjectKind,
  name: string,
  readings: readonly string[] = [],
): TargetPlan {
  const byClass = new Map<ToolClass, CandidateRules>();
  for (const toolClass of classifier.possible) {
    const about = rules.filter((rule) => rule.isAbout(kind, name, toolClass));
    const grants = about.filter(({ rule }) => rule.effect !== 'deny');
    byClass.set(toolClass, {
      denies: [
        ...about.filter(({ rule }) => rule.effect === 'deny'),
        ...rules.filter((rule) => isEvaded(rule, about, (reading) => rule.isAbout(kind, reading, toolClass), readings)),
      ],
      grants,
      bindsSome: grants.some(({ rule }) => rule.bind.length > 0),
      shapesSome: grants.some(({ rule }) => rule.result !== null),
    });
  }
  return { classifier, rulesFor: (toolClass) => byClass.get(toolClass) ?? NO_RULES };
}

/**
 * Whether a rule that holds something back is about what an upstream may take this name for, and not about the name itself: it denies then,
 * whatever it says, because a person or a list of fields cannot be asked of something else than what is read.
 */
function isEvaded(
  compiled: CompiledRule,
  about: readonly CompiledRule[],
  isAbout: (reading: string) => boolean,
  readings: readonly string[],
): boolean {
  const { effect, result } = compiled.rule;
  const holdsBack = effect !== 'allow' || result !== null;
  return holdsBack && !about.includes(compiled) && readings.some(isAbout);
}

const NO_RULES: CandidateRules = { denies: [], grants: [], bindsSome: false, shapesSome: false };
