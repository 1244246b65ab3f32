import { didYouMean } from '../did-you-mean.ts';
import type { KillScope } from './kill-switch.ts';

/** What is known of the name in the scope of a switch. It counts all the same: whom it stops may come later. */
export interface NameLookup {
  /** `null`: that could not be looked up. Scopes without a name are known. */
  readonly known: boolean | null;
  readonly didYouMean: string | null;
}

/** Somebody or something that the gateway has met. */
export interface MetName {
  /** As scopes compare it. */
  readonly name: string;
  /** What people call it, where that is another one. */
  readonly alias?: string;
}

export const KNOWN: NameLookup = { known: true, didYouMean: null };
export const NOT_LOOKED_UP: NameLookup = { known: null, didYouMean: null };

/** What is longer is no misspelt name, and every letter of it would cost a comparison with every name. */
const NAME_CHARS_MAX = 200;
const COMPARED_MAX = 1000;

/** `met`: the newest first. */
export function lookUpName(name: string, met: readonly MetName[]): NameLookup {
  if (met.some((each) => each.name === name)) return KNOWN;
  if (name.length > NAME_CHARS_MAX) return { known: false, didYouMean: null };
  const called = met.find(({ alias }) => alias?.toLowerCase() === name.toLowerCase());
  if (called !== undefined) return { known: false, didYouMean: called.name };
  const names = [...new Set(met.map((each) => each.name))].filter((each) => each.length <= NAME_CHARS_MAX);
  return { known: false, didYouMean: didYouMean(name, names.slice(0, COMPARED_MAX)) };
}

/** For whoever pulled it, `null` where there is nothing to say: a switch for a name that nobody has stops nothing. */
export function sayUnknownName(scope: KillScope, { known, didYouMean: meant }: NameLookup): string | null {
  if (known === true) return null;
  const [[kind, name] = ['', '']] = Object.entries(scope);
  if (known === null) return `Whether ${kind} ${String(name)} is known could not be looked up now.`;
  const nobody = 'principal' in scope ? `Nobody called ${scope.principal}` : `No ${kind} called ${String(name)}`;
  const hint = meant === null ? '' : ` Did you mean ${meant}?`;
  return `${nobody} is known so far, so the switch stops nothing yet.${hint}`;
}
