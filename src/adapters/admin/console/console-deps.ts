import type { ConsoleSignIn } from '../../../gateway/console-sign-in.ts';
import type { ProviderSignIn } from '../../../gateway/provider-sign-in.ts';
import type { RouteDeps } from '../admin-route.ts';
import type { CredentialDeps } from '../check-credential.ts';
import type { ConsoleAsset } from './console-assets.ts';

export interface ConsoleDeps extends RouteDeps, CredentialDeps {
  readonly signIn: ConsoleSignIn;
  /** `null`: there is no OpenID provider. */
  readonly providerSignIn: ProviderSignIn | null;
  readonly assets: ReadonlyMap<string, ConsoleAsset>;
}
