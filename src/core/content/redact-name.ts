import { detect } from './detect.ts';
import { SECRET_DETECTORS } from './detectors/built-in.ts';
import { createKnownSecrets, type KnownSecrets, redactKnownSecrets } from './redact-arguments.ts';
import { redactText } from './redact-text.ts';

/**
 * A name that a host chose, as an entry of the log may hold it: those are kept for good, and everybody who reads the log reads them. Nothing
 * that the detectors know is in it, such as the password of an address, whatever the operator lets results hold.
 */
export function redactName(name: string, knownSecrets: KnownSecrets = NOTHING_KNOWN): string {
  const shown = redactKnownSecrets(name, knownSecrets);
  return redactText(shown, detect(shown, SECRET_DETECTORS));
}

const NOTHING_KNOWN = createKnownSecrets([]);
