import { Buffer } from 'node:buffer';
import { joinBrokenLines } from './broken-lines.ts';
import { credentialForms } from './credential-forms.ts';
import { createNeedles, type Needle, type Needles, visitNeedles } from './needles.ts';
import type { KnownSecrets } from './redact-arguments.ts';

/** The credentials as they may stand in the bytes of a JSON text. `null`: there are none. */
export function createSecretNeedles(secrets: readonly string[]): Needles | null {
  return secrets.length === 0 ? null : createNeedles(secrets.flatMap(credentialForms).map(needleOf));
}

/** The mask is such that the text is as well-formed as before, wherever in it the credential stood. */
function needleOf(form: string): Needle {
  const bytes = Buffer.from(form);
  // A number can stand outside strings, where asterisks cannot.
  const isNumeric = /^[0-9.eE+-]+$/.test(form);
  return { bytes, mask: Buffer.from(isNumeric ? form.replaceAll(/[0-9]/g, '1') : '*'.repeat(bytes.length)) };
}

/**
 * A result without the credentials that the gateway holds: a server that answers with the headers it was sent would hand them to the
 * model. Each is overwritten where it stands, as it is or in a usual encoding (`credentialForms`), in one line or in several. Of the same length, and the same pieces
 * where there is nothing to hide.
 */
export function maskKnownSecrets(pieces: readonly Uint8Array[], { needles }: KnownSecrets): readonly Uint8Array[] {
  return needles === null ? pieces : pieces.map((piece) => maskPiece(piece, needles));
}

function maskPiece(piece: Uint8Array, needles: Needles): Uint8Array {
  let shown: Uint8Array | null = null;
  visitNeedles(piece, needles, (start, { mask }) => {
    if (isWithinEscape(piece, start)) return;
    // The piece may share its memory with other answers.
    shown ??= Buffer.from(piece);
    shown.set(mask, start);
  });
  for (const { bytes, places } of joinBrokenLines(piece)) {
    visitNeedles(bytes, needles, (start, { mask }) => {
      shown ??= Buffer.from(piece);
      for (const [index, code] of mask.entries()) shown[places[start + index] ?? 0] = code;
    });
  }
  return shown ?? piece;
}

/** What begins behind the backslash of an escape is something else: `\\n` is a line break, and no part of a credential that begins with `n`. */
function isWithinEscape(piece: Uint8Array, start: number): boolean {
  let first = start;
  while (first > 0 && piece[first - 1] === BACKSLASH) first -= 1;
  return (start - first) % 2 === 1;
}

const BACKSLASH = 0x5c;

/** The same for a text. */
export function maskText(text: string, knownSecrets: KnownSecrets): string {
  if (knownSecrets.needles === null) return text;
  const json = Buffer.from(JSON.stringify(text));
  const [shown = json] = maskKnownSecrets([json], knownSecrets);
  return shown === json ? text : (JSON.parse(Buffer.from(shown).toString()) as string);
}
