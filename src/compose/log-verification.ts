import { createLogVerifier } from '../adapters/sqlite/log-verifier.ts';
import { createLogVerification, type LogVerification, type LogVerificationDeps } from '../gateway/log-verification.ts';

/** Checks of the log of this store, for whoever asks for them. */
export function openLogVerification(
  storePath: string,
  deps: Omit<LogVerificationDeps, 'verifier'>,
  opened: AsyncDisposableStack,
): LogVerification {
  const verifier = createLogVerifier(storePath);
  opened.defer(() => verifier.close());
  return createLogVerification({ ...deps, verifier });
}
