import { Buffer } from 'node:buffer';
import type { KnownSecrets } from './redact-arguments.ts';

/** A credential as it stands in the bytes of a JSON text, and what takes its place. */
export interface SecretBytes {
  readonly bytes: Uint8Array;
  /** Of the same length, and such that the text is as well-formed as before, wherever in it the credential stood. */
  readonly mask: Uint8Array;
}

export function secretBytesOf(secret: string): SecretBytes {
  const bytes = Buffer.from(JSON.stringify(secret).slice(1, -1));
  // A number can stand outside strings, where asterisks cannot.
  const isNumeric = /^[0-9.eE+-]+$/.test(secret);
  return { bytes, mask: Buffer.from(isNumeric ? secret.replaceAll(/[0-9]/g, '1') : '*'.repeat(bytes.length)) };
}

/**
 * A result without the credentials that the gateway holds: a server that answers with the headers it was sent would hand them to the
 * model. Each is overwritten where it stands as it is; what a server encodes in some other way is not found. Of the same length, and the
 * same pieces where there is nothing to hide.
 */
export function maskKnownSecrets(pieces: readonly Uint8Array[], { literals }: KnownSecrets): readonly Uint8Array[] {
  return literals.length === 0 ? pieces : pieces.map((piece) => maskPiece(piece, literals));
}

function maskPiece(piece: Uint8Array, literals: readonly SecretBytes[]): Uint8Array {
  let shown = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
  let isCopy = false;
  for (const { bytes, mask } of literals) {
    for (let at = shown.indexOf(bytes); at !== -1; at = shown.indexOf(bytes, at + bytes.length)) {
      // The piece may share its memory with other answers.
      if (!isCopy) shown = Buffer.from(shown);
      isCopy = true;
      shown.set(mask, at);
    }
  }
  return isCopy ? shown : piece;
}
