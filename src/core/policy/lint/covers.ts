import { createClassifier, type ClassLists } from '../classify.ts';
import { createNamePattern } from '../matchers/name-pattern.ts';
import { createUriPattern } from '../matchers/uri-pattern.ts';
import type { PolicyRule, PolicySubject, PolicyWho } from '../policy-file.ts';

/**
 * Whether a rule speaks wherever another one does: for the same people or more, about the same things or more, at all times, whatever the
 * arguments. Says yes only where that is sure; patterns are compared by what is written, and not by all that they could match.
 */
export function covers(wide: PolicyRule, narrow: PolicyRule, lists: ClassLists): boolean {
  return (
    wide.when === null &&
    wide.fromMs === null &&
    wide.untilMs === null &&
    within(wide.environments, narrow.environments) &&
    coversWho(wide.who, narrow.who) &&
    coversSubject(wide.subject, narrow.subject, lists)
  );
}

/** Whether somebody of whom the one speaks is also somebody of whom the other does. */
export function coversWho(wide: PolicyWho, narrow: PolicyWho): boolean {
  if (!wide.scopes.every((scope) => narrow.scopes.includes(scope))) return false;
  return within(wide.users, narrow.users) && within(wide.groups, narrow.groups);
}

/** `null` is everything. */
function within(all: readonly string[] | null, some: readonly string[] | null): boolean {
  return all === null || (some?.every((name) => all.includes(name)) ?? false);
}

function coversSubject(wide: PolicySubject, narrow: PolicySubject, lists: ClassLists): boolean {
  if (wide.kind === 'tools-of-class') {
    if (narrow.kind === 'tools-of-class') return narrow.class === wide.class;
    return narrow.kind === 'tools' && narrow.patterns.every((name) => isAlways(name, wide.class, lists));
  }
  if (narrow.kind === 'tools-of-class') return wide.kind === 'tools' && wide.patterns.includes('*');
  if (wide.kind !== narrow.kind) return false;
  if (wide.kind === 'resources') return coversTexts(wide.patterns.map(createUriPattern), narrow.patterns, null);
  return coversTexts(wide.patterns.map(createNamePattern), narrow.patterns, '*');
}

interface Pattern {
  readonly text: string;
  readonly matches: (name: string) => boolean;
}

/** Names are matched; of patterns, only the same one, or the one that matches everything. */
function coversTexts(wide: readonly Pattern[], narrow: readonly string[], everything: string | null): boolean {
  return narrow.every((text) =>
    wide.some(
      (pattern) =>
        pattern.text === text || pattern.text === everything || (!text.includes('*') && pattern.matches(text)),
    ),
  );
}

function isAlways(name: string, toolClass: string, lists: ClassLists): boolean {
  return !name.includes('*') && createClassifier(lists, name).possible.every((each) => each === toolClass);
}
