import { Buffer } from 'node:buffer';
import type { KnownSecrets } from '../redact-arguments.ts';
import { createNeedles, visitNeedles } from '../needles.ts';
import { SECRET_DETECTORS } from './built-in.ts';
import type { Detector } from './detector.ts';

/**
 * The credentials that the gateway holds, wherever the other detectors look: in entities of HTML, in UTF-16, behind characters that nobody
 * sees. As they are, and in usual encodings, they are masked before (`maskKnownSecrets`), whatever the operator lets results hold.
 */
export function credentialDetectors({ values }: Pick<KnownSecrets, 'values'>): readonly Detector[] {
  const needles = values.filter((value) => ASCII.test(value)).map((value) => Buffer.from(value, 'latin1'));
  if (needles.length === 0) return [];
  const known = createNeedles(needles.map((bytes) => ({ bytes, mask: bytes })));
  return [
    {
      name: 'credential',
      class: 'secret',
      find(_text, report, { codes: { codes, length } }) {
        visitNeedles(codes.subarray(0, length), known, (start, { bytes }) => report(start, start + bytes.length));
      },
    },
  ];
}

/** For every result. What the gateway holds itself no setting lets through. */
export function resultDetectors(
  { redactSecrets }: { readonly redactSecrets: boolean },
  knownSecrets: Pick<KnownSecrets, 'values'>,
): readonly Detector[] {
  return [...(redactSecrets ? SECRET_DETECTORS : []), ...credentialDetectors(knownSecrets)];
}

/** Other characters all have one code. */
const ASCII = /^[\x20-\x7e]+$/;
