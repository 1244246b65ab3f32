import { isTokenHash, parseToken } from '../core/identity/token-format.ts';
import type { Clock, Ids } from '../ports/clock.ts';
import type { TokenStore } from '../ports/token-store.ts';
import type { TokenRequest } from './administration.ts';
import { issueToken } from './administration/tokens.ts';

export interface FirstTokensDeps {
  readonly tokens: TokenStore;
  readonly clock: Clock;
  readonly ids: Ids;
  /** `null` where there is no such file. */
  readonly readSecretFile: (file: string) => string | null;
  readonly writeSecretFile: (file: string, secret: string) => void;
}

export interface FirstTokensOptions {
  readonly demo: { readonly requester: TokenRequest; readonly operator: TokenRequest } | null;
  readonly dir: string;
  readonly operatorFile: string;
  readonly ttlMsMax: number;
}

export interface DemoTokens {
  readonly requester: { readonly token: string };
  readonly operator: { readonly token: string };
}

const FIRST_OPERATOR_TTL_MS = 30 * 86_400_000;

/** Somebody must be able to begin. Once any credential for the admin plane exists, people make the next ones. */
export async function issueFirstTokens(deps: FirstTokensDeps, options: FirstTokensOptions): Promise<DemoTokens | null> {
  const { demo, operatorFile } = options;
  if (demo !== null) {
    const requester = { token: await keepTokenFile(deps, demo.requester, `${options.dir}/demo-requester-token`) };
    return { requester, operator: { token: await keepTokenFile(deps, demo.operator, operatorFile) } };
  }
  const issued = await deps.tokens.list();
  if (issued.some(({ plane }) => plane === 'admin')) return null;
  const ttlMs = Math.min(FIRST_OPERATOR_TTL_MS, options.ttlMsMax);
  const roles = ['operator', 'approver', 'auditor'] as const;
  await keepTokenFile(deps, { plane: 'admin', user: 'operator', groups: [], scopes: [], roles, ttlMs }, operatorFile);
  return null;
}

/** The token in the file while it is good, so that what was pasted somewhere outlives a restart; a new one otherwise. */
async function keepTokenFile(deps: FirstTokensDeps, request: TokenRequest, file: string): Promise<string> {
  const kept = deps.readSecretFile(file);
  const parsed = kept === null ? null : parseToken(kept);
  const stored = parsed === null ? null : await deps.tokens.find(parsed.id);
  const isGood = stored !== null && stored.revokedMs === null && stored.expiresMs > deps.clock.nowMs();
  if (kept !== null && isGood && isTokenHash(stored.secretHash, kept)) return kept;
  const { secret } = await issueToken(deps, request, 'gateway');
  deps.writeSecretFile(file, secret);
  return secret;
}
