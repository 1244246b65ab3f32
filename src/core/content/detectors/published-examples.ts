import { hash } from 'node:crypto';

/**
 * Whether a token is one that its issuer published on purpose, in the examples and tests of its own libraries. Such a token has the very
 * form of a secret one, so nothing but a list can tell. The list holds digests, because a scanner of repositories would take the tokens
 * themselves for a leak.
 */
export function isPublishedExample(token: string): boolean {
  return token.startsWith('AIza') && DIGESTS.has(hash('sha256', token, 'hex').slice(0, 16));
}

/** The beginnings of SHA-256 digests, in hexadecimal: what Google has in the examples and tests of firebase/firebase-android-sdk. */
const DIGESTS: ReadonlySet<string> = new Set(
  (
    'f56e323494a6ffc2 2037abcaffb2b777 3f370c9dd8225c63 e4a5542bb7fd7b67 a19f89ab3555eac1 0b476bdf9acf2123 eb540d2b6ee2a0a4 ' +
    '37f8f09bdf12c2f2 8731261cb72d8626 49f777db995e8260 27a9a42931dff7eb dc0fcf046c61640c 4c98242dcadc8b29 ea9bb1082cf95663 ' +
    '3a8b61d0f636b007 a6c814bc555ae62c'
  ).split(' '),
);
