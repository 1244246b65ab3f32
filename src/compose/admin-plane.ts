import { fileURLToPath } from 'node:url';
import { type AdminPlane, createAdminPlane } from '../adapters/admin/admin-plane.ts';
import { CALLBACK_PATH } from '../adapters/admin/console/add-provider-sign-in.ts';
import { createGuardedFetch } from '../adapters/egress/guarded-fetch.ts';
import { createOpenidProvider } from '../adapters/identity/openid-provider.ts';
import type { createAdminAuthenticator } from '../adapters/identity/admin-authenticator.ts';
import type { Config, OidcConfig } from '../config/config.ts';
import type { Administration } from '../gateway/administration.ts';
import type { ConsoleSessions } from '../gateway/console-sessions.ts';
import { createConsoleSignIn } from '../gateway/console-sign-in.ts';
import type { CallDeps } from '../gateway/deps.ts';
import { createLiveEvents } from '../gateway/live-events.ts';
import { createProviderSignIn, type ProviderSignIn } from '../gateway/provider-sign-in.ts';
import type { AccountStore } from '../ports/account-store.ts';
import type { PasswordHasher } from '../ports/password-hasher.ts';

export interface AdminParts extends CallDeps {
  readonly adminAuthenticator: ReturnType<typeof createAdminAuthenticator>;
  readonly administration: Administration;
  readonly accounts: AccountStore;
  readonly passwords: PasswordHasher;
  readonly sessions: ConsoleSessions;
}

export interface AdminOptions {
  readonly config: Config;
  readonly version: string;
}

/** The admin plane with everything that only it needs. */
export function openAdminPlane(
  { config, version }: AdminOptions,
  parts: AdminParts,
  opened: AsyncDisposableStack,
): AdminPlane {
  const { adminAuthenticator: authenticator, administration, sessions, report, clock } = parts;
  const events = createLiveEvents(parts);
  opened.defer(() => events.close());
  const signIn = createConsoleSignIn({ ...parts, authenticator });
  const providerSignIn = createConsoleProvider(config.oidc, parts);
  const { listen, publicUrl } = config.admin;
  const consoleDir = fileURLToPath(new URL(CONSOLE_DIR, import.meta.url));
  return createAdminPlane(
    { administration, authenticator, sessions, signIn, providerSignIn, events, clock, report },
    { ...listen, publicUrl, version, consoleDir },
  );
}

/** Beside the built sources; run from source, the gateway serves what was built last. */
const CONSOLE_DIR = import.meta.url.endsWith('.ts') ? '../../dist/console' : '../console';

/** `null`: nobody signs in through a provider. */
function createConsoleProvider(oidc: OidcConfig | null, parts: AdminParts): ProviderSignIn | null {
  if (oidc === null) return null;
  const { issuer, groupsClaim, userClaim, roles } = oidc;
  const fetch = createGuardedFetch({ host: new URL(issuer).host });
  const { adminAuthenticator: authenticator, clock } = parts;
  return createProviderSignIn({
    ...parts,
    authenticator,
    forgetRights: (id) => authenticator.forget(id),
    provider: createOpenidProvider({ fetch, clock }, { ...oidc, claimsWanted: claimsWanted(oidc) }),
    rules: { issuer, groupsClaim, userClaim, roles },
    // The port may be known only when the listener is open.
    redirectUri: () => `${parts.approvalSettings.consoleUrl()}${CALLBACK_PATH}`,
  });
}

function claimsWanted({ groupsClaim, userClaim }: OidcConfig): readonly string[] {
  if (userClaim === null) return [groupsClaim];
  return [groupsClaim, userClaim, ...(userClaim === 'email' ? ['email_verified'] : [])];
}
