import type { ToolClass } from '../catalog/tool.ts';
import type { JsonObject } from '../json/value.ts';
import { hasOtherWay, waysOf } from '../json/fold-name.ts';
import { createNamePattern, type NamePattern } from './matchers/name-pattern.ts';
import type { ArgumentClasses, PolicyClasses } from './policy-file.ts';

/** A class that some list gives; a tool in no list is unclassified. */
export type ListedClass = Exclude<ToolClass, 'unclassified'>;

/** From strict to lax. */
export const LISTED_CLASSES: readonly ListedClass[] = ['never', 'write', 'read'];

/** The classes of one upstream's tools, several files put together. */
export interface ClassLists {
  readonly patterns: Readonly<Record<ListedClass, readonly NamePattern[]>>;
  readonly byArgument: ReadonlyMap<string, ArgumentClasses>;
}

/** What class a call of one tool has. */
export interface ToolClassifier {
  /** Every class that some arguments give, from lax to strict. Never empty. */
  readonly possible: readonly [ToolClass, ...ToolClass[]];
  readonly classOf: (args: JsonObject) => ToolClass;
  /** The argument whose value decides; `null` where none does. */
  readonly argument: string | null;
}

export function createClassLists(files: readonly PolicyClasses[]): ClassLists {
  const patternsOf = (name: ListedClass): NamePattern[] =>
    files.flatMap((classes) => classes[name].map(createNamePattern));
  return {
    patterns: { never: patternsOf('never'), write: patternsOf('write'), read: patternsOf('read') },
    byArgument: new Map(files.flatMap((classes) => [...classes.byArgument])),
  };
}

/** The strictest list that names the tool wins, be it a list of names or of an argument's values. */
export function createClassifier(lists: ClassLists, tool: string): ToolClassifier {
  const named = LISTED_CLASSES.find((name) => lists.patterns[name].some((pattern) => pattern.matches(tool))) ?? null;
  const byArgument = lists.byArgument.get(tool);
  return byArgument === undefined ? constantClassifier(named ?? 'unclassified') : argumentClassifier(named, byArgument);
}

export function constantClassifier(toolClass: ToolClass): ToolClassifier {
  return { possible: [toolClass], classOf: () => toolClass, argument: null };
}

function argumentClassifier(named: ListedClass | null, byArgument: ArgumentClasses): ToolClassifier {
  const { argument } = byArgument;
  const ways = waysOf([argument]);
  const classByValue = new Map<string, ListedClass>();
  for (const name of LISTED_CLASSES.toReversed()) for (const value of byArgument[name]) classByValue.set(value, name);

  const declared = LISTED_CLASSES.filter((name) => name === named || byArgument[name].length > 0);
  const worst = declared[0] ?? 'read';
  // A value in no list is a thing that nobody has looked at, so it counts as the worst that the tool is known to do, and never as a read.
  const otherwise: ToolClass = worst === 'read' ? 'unclassified' : worst;
  const reachable = new Set<ToolClass>([otherwise]);
  for (const valueClass of classByValue.values()) reachable.add(strictest(named, valueClass));

  // `otherwise` is as strict as any of them, so it comes last.
  const laxer = LISTED_CLASSES.toReversed().filter((name) => name !== otherwise && reachable.has(name));
  const [laxest, ...stricter] = [...laxer, otherwise];
  return {
    possible: [laxest, ...stricter],
    argument,
    classOf(args) {
      const value = Object.hasOwn(args, argument) ? args[argument] : undefined;
      const isPlain = typeof value === 'string' && !ways.some((way) => hasOtherWay(args, way));
      const valueClass = isPlain ? classByValue.get(value) : undefined;
      return valueClass === undefined ? otherwise : strictest(named, valueClass);
    },
  };
}

function strictest(named: ListedClass | null, valueClass: ListedClass): ListedClass {
  return LISTED_CLASSES.find((name) => name === named || name === valueClass) ?? 'never';
}
