import type { Problem } from '../../problem.ts';
import type { PolicySource } from '../compile-policy.ts';
import { warning } from './lint-rules.ts';

/**
 * Rules that count people, where one may sign in in two ways, under two names, and nothing says that they are one. Asked only where an
 * OpenID provider signs people in beside accounts and tokens.
 */
export function lintPeople(sources: readonly PolicySource[], approversMin: number): readonly Problem[] {
  return sources.flatMap((source) =>
    source.file.rules.flatMap((rule, index) => {
      const asked = rule.approval?.count ?? 1;
      if (rule.effect !== 'approve' || Math.max(asked, approversMin) < 2 || rule.approval?.byRequester === true)
        return [];
      const message = 'counts people, and whoever signs in here and at the provider under two names counts as two';
      const help = 'list such people under identity.people, or name accounts and tokens as the provider names people';
      const key = asked < 2 ? 'approval' : ['approval', 'count'];
      return [warning({ rule, index, source }, key, message, rule.id, help)];
    }),
  );
}
