import { namesIn } from './names-in.ts';

/** Lists of names, each with all that one person goes by. */
export type NameLists = readonly (readonly string[])[];

/** Which names are of one person, as the operator says. Names of which nothing is said are of as many people, unless `namesIn` finds one in both. */
export interface KnownPeople {
  /**
   * Every name of whoever goes by one of these, as `namesIn` writes them. `more`: what else is known of names. Lists that share a name are of
   * one person, over however many others.
   */
  namesOf(names: readonly string[], more?: NameLists): ReadonlySet<string>;
  /** What else the operator says that they go by, as written there. */
  othersOf(names: readonly string[]): readonly string[];
}

export function createKnownPeople(lists: NameLists): KnownPeople {
  const told = lists.map((names) => names.flatMap(namesIn));
  return {
    namesOf(names, more = []) {
      const all = new Set(names.flatMap(namesIn));
      let rest: NameLists = [...told, ...more.map((list) => list.flatMap(namesIn))];
      for (let isGrowing = true; isGrowing; ) {
        const [theirs, others] = split(rest, (list) => list.some((name) => all.has(name)));
        for (const name of theirs.flat()) all.add(name);
        isGrowing = theirs.length > 0;
        rest = others;
      }
      return all;
    },
    othersOf(names) {
      const own = new Set(names.flatMap(namesIn));
      return lists.flatMap((list, index) =>
        told[index]?.some((name) => own.has(name)) === true
          ? list.filter((name) => !own.has(namesIn(name)[0] ?? ''))
          : [],
      );
    },
  };
}

function split(lists: NameLists, isWanted: (list: readonly string[]) => boolean): readonly [NameLists, NameLists] {
  return [lists.filter(isWanted), lists.filter((list) => !isWanted(list))];
}
