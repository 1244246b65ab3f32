import { hash, timingSafeEqual } from 'node:crypto';
import { Buffer } from 'node:buffer';

/** The issuer that principals of gateway-issued tokens are said to come from. */
export const GATEWAY_ISSUER = 'countersign';

/**
 * A token that the gateway issued, taken apart: `csm_<22>_<44>` for the MCP plane, `csa_<22>_<44>` for the admin plane, in base64url.
 * The first part finds the row, the second is the secret. The prefix tells a secret scanner what it found, and lets a token that was
 * used on the wrong plane be recognised as one.
 */
export interface GatewayToken {
  readonly plane: 'mcp' | 'admin';
  /** `tok_` and 22 characters: the id of the stored row. */
  readonly id: string;
  /** 44 characters of base64url, of which at least 256 bits are random. */
  readonly secret: string;
}

export const TOKEN_ID_PREFIX = 'tok';
/** Finds a token anywhere in a text: whoever wrote it there, it is good until it is revoked. */
export const TOKEN_PATTERN = 'cs([ma])_([A-Za-z0-9_-]{22})_([A-Za-z0-9_-]{44})';
export const TOKEN_CHARS = 71;

export function formatToken(token: GatewayToken): string {
  const text = `${token.plane === 'mcp' ? 'csm' : 'csa'}_${token.id.slice(TOKEN_ID_PREFIX.length + 1)}_${token.secret}`;
  if (parseToken(text)?.id !== token.id)
    throw new Error('a token id or secret is not of the form that parseToken reads');
  return text;
}

/** `null` for anything that is not exactly of the form above: other case, other length, padding or space around it. */
export function parseToken(text: string): GatewayToken | null {
  const match = WHOLE_TOKEN.exec(text);
  if (match === null) return null;
  const [, plane = '', id = '', secret = ''] = match;
  return { plane: plane === 'm' ? 'mcp' : 'admin', id: `${TOKEN_ID_PREFIX}_${id}`, secret };
}

const WHOLE_TOKEN = new RegExp(`^${TOKEN_PATTERN}$`);

/** What is stored: SHA-256, in hex, of the whole text, so that the plane and the row are bound to the secret. */
export function hashToken(text: string): string {
  return hash('sha256', text, 'hex');
}

/** Constant time: how much of a wrong token is right cannot be measured. */
export function isTokenHash(storedHash: string, text: string): boolean {
  const stored = Buffer.from(storedHash, 'hex');
  const presented = Buffer.from(hashToken(text), 'hex');
  return stored.length === presented.length && timingSafeEqual(stored, presented);
}
