import type { Problem } from '../../problem.ts';
import type { PolicySource } from '../compile-policy.ts';
import { warning } from './lint-rules.ts';

/** Where everybody acts with one credential, the upstream cannot tell whose call it is; only an argument that is bound can. */
export function lintCredentials(sources: readonly PolicySource[], shared: ReadonlySet<string>): readonly Problem[] {
  return sources
    .filter(({ file }) => shared.has(file.upstream))
    .flatMap((source) =>
      source.file.rules.flatMap((rule, index) => {
        if (!rule.unattended || rule.bind.length > 0) return [];
        const message = `lets people write with the one credential that all share at ${source.file.upstream}, unasked and unbound`;
        const help = 'bind an argument to who is calling, ask for approval, or give each person a credential';
        return [warning({ rule, index, source }, 'unattended', message, rule.id, help)];
      }),
    );
}
