import type { ToolClass } from '../../catalog/tool.ts';
import type { Principal } from '../../identity/principal.ts';
import type { JsonObject } from '../../json/value.ts';
import { err, ok, type Result } from '../../result.ts';
import { celFacts, type CelFacts } from './environment.ts';
import { type CheckedExpression, checkExpression } from './check-expression.ts';
import { createReadingCheck } from './has-one-reading.ts';
import { type ArgumentPath, isWithinInput } from './input-limits.ts';

/** What a condition can look at. */
export interface ConditionFacts {
  readonly principal: Principal;
  readonly upstream: string;
  readonly tool: string;
  readonly class: ToolClass;
  readonly environment: string;
  readonly nowMs: number;
  /** With what the policy binds filled in. `null`: a listing, where they are not known. */
  readonly args: JsonObject | null;
}

/** `unevaluable` is never taken for either of the others: what it means depends on the effect of the rule. */
export type ConditionAnswer = 'holds' | 'fails' | 'unevaluable';

/** The `when` of a rule, ready to be asked. */
export interface Condition {
  readonly text: string;
  /** A condition that does not look at the arguments can be answered for a listing too. */
  readonly usesArgs: boolean;
  /** What of the arguments it looks at; `[]` is all of them. */
  readonly argumentPaths: readonly ArgumentPath[];
  readonly ask: (facts: PreparedFacts) => ConditionAnswer;
}

/** The facts of one decision, prepared once for all of its conditions. */
export interface PreparedFacts {
  readonly cel: CelFacts;
  /** Whether arguments are fit to be looked at, by what of them is looked at: most conditions of a policy look at the same few. */
  readonly fit: Map<string, boolean>;
}

/** Why an expression cannot be a condition, for its author. */
export interface ConditionFault {
  readonly message: string;
  readonly help: string;
}

/** The same, with the character of the expression at which it is. */
export interface PlacedFault extends ConditionFault {
  readonly start: number;
}

/** Longer expressions than this nobody reviews. */
const CONDITION_CHARS_MAX = 1000;

/**
 * Reads one CEL expression and checks everything that can be known without a call: variables, functions, types, and that it costs a
 * bounded time whatever a caller sends.
 */
export function parseCondition(text: string): Result<Condition, PlacedFault> {
  if (text.length > CONDITION_CHARS_MAX) {
    return err({
      message: `is longer than ${CONDITION_CHARS_MAX} characters`,
      help: 'make several rules of it',
      start: 0,
    });
  }
  const checked = checkExpression(text);
  if (!checked.ok) return checked;
  const { evaluate, argumentPaths, fields, steps, loops } = checked.value;
  const hasOneReading = createReadingCheck(argumentPaths, fields);
  const isFit = ({ cel }: PreparedFacts): boolean =>
    isWithinInput(cel, argumentPaths, { steps, loops }) && hasOneReading(cel.args);
  // With loops, how much may be looked at depends on the expression as well.
  const key = loops === 0 ? JSON.stringify([argumentPaths, fields]) : null;
  return ok({
    text,
    usesArgs: argumentPaths.length > 0,
    argumentPaths,
    ask(facts) {
      return (key === null ? isFit(facts) : isFitAsKnown(facts, key, isFit))
        ? answerOf(evaluate, facts.cel)
        : 'unevaluable';
    },
  });
}

function isFitAsKnown(facts: PreparedFacts, key: string, isFit: (facts: PreparedFacts) => boolean): boolean {
  const known = facts.fit.get(key);
  if (known !== undefined) return known;
  const found = isFit(facts);
  facts.fit.set(key, found);
  return found;
}

export function prepareFacts(facts: ConditionFacts): PreparedFacts {
  return { cel: celFacts(facts), fit: new Map() };
}

/** Missing fields, wrong types and overflows are thrown by the library; anything but a truth value is as good as those. */
function answerOf(evaluate: CheckedExpression['evaluate'], facts: CelFacts): ConditionAnswer {
  try {
    const value: unknown = evaluate(facts);
    if (value === true) return 'holds';
    return value === false ? 'fails' : 'unevaluable';
  } catch {
    return 'unevaluable';
  }
}
