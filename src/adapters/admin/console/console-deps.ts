import type { ConsoleSignIn } from '../../../gateway/console-sign-in.ts';
import type { RouteDeps } from '../admin-route.ts';
import type { CredentialDeps } from '../check-credential.ts';
import type { ConsoleAsset } from './console-assets.ts';

export interface ConsoleDeps extends RouteDeps, CredentialDeps {
  readonly signIn: ConsoleSignIn;
  readonly assets: ReadonlyMap<string, ConsoleAsset>;
}
