import { cardNumber } from './card-number.ts';
import { commandLineCredentials } from './command-line-credentials.ts';
import type { Detector, PersonalDataClass } from './detector.ts';
import { emailAddress } from './email-address.ts';
import { iban } from './iban.ts';
import { ipAddress } from './ip-address.ts';
import { kubernetesSecret } from './kubernetes-secret.ts';
import { namedSecret } from './named-secret.ts';
import { nationalId } from './national-id.ts';
import { phoneNumber } from './phone-number.ts';
import { privateKey } from './private-key.ts';
import { secretColumn } from './secret-column.ts';
import { token } from './token.ts';
import { urlCredentials } from './url-credentials.ts';

/** Credentials that can be told for what they are. On for every result. */
export const SECRET_DETECTORS: readonly Detector[] = [
  privateKey,
  token,
  urlCredentials,
  kubernetesSecret,
  commandLineCredentials,
  namedSecret,
  secretColumn,
];

const PERSONAL_DATA_DETECTORS: readonly Detector[] = [
  emailAddress,
  phoneNumber,
  cardNumber,
  iban,
  nationalId,
  ipAddress,
];

export function personalDataDetectors(classes: ReadonlySet<PersonalDataClass>): readonly Detector[] {
  return PERSONAL_DATA_DETECTORS.filter((detector) => detector.class !== 'secret' && classes.has(detector.class));
}
