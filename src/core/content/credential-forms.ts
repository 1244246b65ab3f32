import { Buffer } from 'node:buffer';

/**
 * The spellings of a credential in the bytes of a JSON text, each of which would hand it to a reader: as it is, in base64 and base64url
 * (also as a part of something longer, such as `user:password`), in hexadecimal, and percent-encoded; with the escapes of JSON, once and
 * twice, as different writers of JSON use them. Of base64 only the characters that depend on nothing but the credential.
 */
export function credentialForms(credential: string): readonly string[] {
  const bytes = Buffer.from(credential);
  const hex = bytes.toString('hex');
  const percent = [encodeURIComponent(credential.toWellFormed()), hex.replace(/../g, '%$&')];
  const plain = [
    credential,
    ...[0, 1, 2].flatMap((offset) => base64Forms(bytes, offset)),
    ...bothCases(hex),
    ...percent.flatMap(percentForms),
  ];
  return [...new Set(plain.flatMap(jsonForms))];
}

/** As it stands in base64 behind a number of bytes that leaves this rest when divided by three. */
function base64Forms(bytes: Uint8Array, offset: number): readonly string[] {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  const own = encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
  return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
}

function bothCases(hex: string): readonly string[] {
  return [hex, hex.toUpperCase()];
}

/** Forms in pages write a blank as a plus sign. */
function percentForms(text: string): readonly string[] {
  const lower = text.replace(/%../g, (escape) => escape.toLowerCase());
  const upper = text.replace(/%../g, (escape) => escape.toUpperCase());
  return [lower, upper].flatMap((form) => [form, form.replaceAll('%20', '+')]);
}

/** As it stands in a string of JSON, and in one of JSON within a string. */
function jsonForms(text: string): readonly string[] {
  const once = escapedForms(text);
  return [...once, ...once.flatMap(escapedForms)];
}

/** As most write it; with everything beyond ASCII escaped (Python), with slashes (PHP), with what pages take for markup (Go). */
function escapedForms(text: string): readonly string[] {
  const plain = JSON.stringify(text).slice(1, -1);
  return [
    plain,
    plain.replace(/[^\x00-\x7f]/g, unicodeEscape),
    plain.replaceAll('/', '\\/'),
    plain.replace(/[<>&]/g, unicodeEscape),
  ];
}

function unicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
