import type { ASTNode, ParseResult } from '@marcbachmann/cel-js';
import { didYouMean } from '../../did-you-mean.ts';
import { assertNever, err, ok, type Result } from '../../result.ts';
import type { ConditionFault, PlacedFault } from './condition.ts';
import { CEL, VARIABLES } from './environment.ts';
import type { ArgumentPath, ExpressionCost } from './input-limits.ts';
import { findCallFault, LOOPS } from './known-calls.ts';

/** An expression that may be asked, and what that can cost. */
export interface CheckedExpression extends ExpressionCost {
  readonly evaluate: ParseResult;
  /** What of the arguments it looks at. */
  readonly argumentPaths: readonly ArgumentPath[];
  /** What loops ask of the items that they go over. */
  readonly fields: readonly string[];
}

/** Loops in loops in loops take too long over lists of any length. */
const LOOPS_MAX = 2;

export function checkExpression(text: string): Result<CheckedExpression, PlacedFault> {
  const parsed = parse(text);
  if (!parsed.ok) return parsed;
  const found = walk(parsed.value.ast, { text, locals: [], loops: 0, isNeedle: false });
  if (found.fault !== null) return err(found.fault);
  const checked = parsed.value.check();
  if (!checked.valid) {
    const { summary, range } = checked.error ?? {};
    const problem = fault(summary ?? 'is no valid expression', range === undefined ? text : cut(text, range));
    return err({ ...problem, start: range?.start ?? 0 });
  }
  if (checked.type !== 'bool' && checked.type !== 'dyn') {
    return err({
      message: `gives a value of type ${checked.type}, and must give true or false`,
      help: 'compare it with something, such as args.amount <= 10000.0',
      start: 0,
    });
  }
  const { argumentPaths, fields, steps, loops } = found;
  return ok({ evaluate: parsed.value, argumentPaths, fields, steps, loops });
}

function parse(text: string): Result<ParseResult, PlacedFault> {
  try {
    return ok(CEL.parse(text));
  } catch (error) {
    const { summary, range } = error as { summary?: string; range?: { start: number; end: number } };
    const rest = range === undefined ? text : text.slice(range.start);
    const problem = fault(summary ?? 'is no expression', rest === '' ? 'the end' : rest);
    return err({ ...problem, start: range?.start ?? 0 });
  }
}

interface Place {
  readonly text: string;
  /** Variables of the loops around. */
  readonly locals: readonly string[];
  readonly loops: number;
  /** Inside a text that is searched for: what a caller sends has no place there. */
  readonly isNeedle: boolean;
}

interface Found extends ExpressionCost {
  readonly fault: PlacedFault | null;
  readonly argumentPaths: readonly ArgumentPath[];
  readonly fields: readonly string[];
}

/** Looks at every node before the library does, so that nothing of the library counts that is not meant to be in the language. */
function walk(node: ASTNode, place: Place): Found {
  const path = argumentPathOf(node);
  if (path !== null && !place.locals.includes('args')) {
    const problem = place.isNeedle ? needleFault(node, place) : null;
    const fault = at(node.start, problem);
    return { fault, argumentPaths: [path], fields: [], steps: 1 + path.length, loops: place.loops };
  }
  switch (node.op) {
    case 'id':
      return leaf(place, at(node.start, findVariableFault(node.args, node, place)));
    case 'value':
      return leaf(place, null);
    case 'call':
      return all(node.args[1], place, at(node.start, findCallFault(node.args[0], null, node.args[1])));
    case 'rcall':
      return walkMethod(node, place);
    case '.':
      return walkField(node, place);
    case 'map':
      return all(node.args.flat(), place, null);
    case '!_':
    case '-_':
      return all([node.args], place, null);
    case '.?':
    case '[?]':
      return leaf(place, at(node.start, fault('optional access is not in this language', cut(place.text, node))));
    case '?:':
    case 'list':
      return all(node.args, place, null);
    case '[]':
      return all(node.args, place, null, fieldsOf(node.args[0], literalOf(node.args[1]), place));
    case 'in':
      return all(node.args, place, null, fieldsOf(node.args[1], literalOf(node.args[0]), place));
    case '||':
    case '&&':
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return all(node.args, place, null);
    default:
      return assertNever(node);
  }
}

type Field = Extract<ASTNode, { readonly op: '.' }>;

function walkField({ args: [of, name], end }: Field, place: Place): Found {
  return all([of], place, at(end - name.length, findFieldFault(of, name)), fieldsOf(of, name, place));
}

/** A member that is asked for, of whatever may be one of the arguments. */
function fieldsOf(of: ASTNode, name: string | number | null, place: Place): readonly string[] {
  return typeof name === 'string' && !isFact(of, place) ? [name] : [];
}

/** Of the variables that are no arguments. */
function isFact(node: ASTNode, place: Place): boolean {
  if (node.op === '.' || node.op === '[]') return isFact(node.args[0], place);
  return node.op === 'id' && node.args !== 'args' && !place.locals.includes(node.args);
}

type MethodCall = Extract<ASTNode, { readonly op: 'rcall' }>;

function walkMethod({ args: [name, receiver, args] }: MethodCall, place: Place): Found {
  const [variable] = args;
  // The name stands behind what it is called on.
  const problem = at(place.text.indexOf(name, receiver.end), findCallFault(name, receiver, args));
  if (problem !== null || !LOOPS.has(name) || variable?.op !== 'id') {
    const inner = { ...place, isNeedle: place.isNeedle || NEEDLES.has(name) };
    return combine([walk(receiver, place), ...args.map((each) => walk(each, inner))], place, problem);
  }
  const around = { ...place, loops: place.loops + 1 };
  const inside = { ...around, locals: [...place.locals, variable.args] };
  const found = combine([walk(receiver, around), ...args.slice(1).map((each) => walk(each, inside))], around, null);
  if (found.fault !== null || found.loops <= LOOPS_MAX) return found;
  const tooDeep = { message: 'loops within loops within loops', help: `${LOOPS_MAX} deep is the most` };
  return { ...found, fault: at(receiver.start, tooDeep) };
}

/** Searching for a text takes quadratic time where a caller chooses both. */
const NEEDLES: ReadonlySet<string> = new Set(['contains', 'indexOf', 'lastIndexOf']);

function needleFault(node: ASTNode, place: Place): ConditionFault {
  const message = 'searches for a text that the caller chooses';
  return { message: `${message}, at \`${cut(place.text, node)}\``, help: 'search for a text that the policy holds' };
}

function findVariableFault(name: string, node: ASTNode, place: Place): ConditionFault | null {
  if (place.locals.includes(name)) return place.isNeedle ? needleFault(node, place) : null;
  if (VARIABLES.has(name)) return null;
  const known = [...VARIABLES.keys()];
  const meant = didYouMean(name, known);
  const help = meant === null ? `known here: ${known.join(', ')}` : `did you mean ${meant}?`;
  return { message: `names a variable \`${name}\` that there is not`, help };
}

function findFieldFault(of: ASTNode, name: string): ConditionFault | null {
  const fields = of.op === 'id' ? VARIABLES.get(of.args) : null;
  if (of.op !== 'id' || fields === null || fields === undefined || fields.includes(name)) return null;
  const meant = didYouMean(name, fields);
  const known = fields.length === 0 ? 'it has none' : `known here: ${fields.join(', ')}`;
  return {
    message: `names a field \`${of.args}.${name}\` that there is not`,
    help: meant === null ? known : `did you mean ${of.args}.${meant}?`,
  };
}

/** `args.a["b"][0]`; `null` for anything that does not begin with `args`, or goes on with what is not written out. */
function argumentPathOf(node: ASTNode): ArgumentPath | null {
  if (node.op === 'id') return node.args === 'args' ? [] : null;
  if (node.op !== '.' && node.op !== '[]') return null;
  const around = argumentPathOf(node.args[0]);
  if (around === null) return null;
  const step = node.op === '.' ? node.args[1] : literalOf(node.args[1]);
  return step === null ? null : [...around, step];
}

function literalOf({ op, args }: ASTNode): string | number | null {
  if (op !== 'value') return null;
  if (typeof args === 'string') return args;
  return typeof args === 'bigint' ? Number(args) : null;
}

function all(
  nodes: readonly ASTNode[],
  place: Place,
  problem: PlacedFault | null,
  fields: readonly string[] = [],
): Found {
  const found = combine(
    nodes.map((node) => walk(node, place)),
    place,
    problem,
  );
  return { ...found, fields: [...found.fields, ...fields] };
}

function leaf({ loops }: Place, problem: PlacedFault | null): Found {
  return { fault: problem, argumentPaths: [], fields: [], steps: 1, loops };
}

function combine(parts: readonly Found[], { loops }: Place, problem: PlacedFault | null): Found {
  return {
    fault: problem ?? parts.find((part) => part.fault !== null)?.fault ?? null,
    argumentPaths: parts.flatMap(({ argumentPaths }) => argumentPaths),
    fields: parts.flatMap(({ fields }) => fields),
    steps: parts.reduce((sum, { steps }) => sum + steps, 1),
    loops: Math.max(loops, ...parts.map((part) => part.loops)),
  };
}

function at(start: number, problem: ConditionFault): PlacedFault;
function at(start: number, problem: ConditionFault | null): PlacedFault | null;
function at(start: number, problem: ConditionFault | null): PlacedFault | null {
  return problem === null ? null : { ...problem, start: Math.max(start, 0) };
}

function fault(what: string, where: string): ConditionFault {
  const message = `${what.charAt(0).toLowerCase()}${what.slice(1)}, at \`${shorten(where)}\``;
  return {
    message,
    help: 'a CEL expression, such as args.amount <= 10000.0; docs/policy.md lists all that it may use',
  };
}

function cut(text: string, { start, end }: { readonly start: number; readonly end: number }): string {
  return text.slice(start, end);
}

function shorten(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
}
