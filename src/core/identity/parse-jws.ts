import { Buffer } from 'node:buffer';
import type { JsonLimits } from '../json/limits.ts';
import { readJson } from '../json/read-json.ts';
import { type JsonObject, isJsonObject } from '../json/value.ts';
import { type Result, err, ok } from '../result.ts';
import { CREDENTIAL_CHARS_MAX } from './parse-bearer.ts';

/** What a compact JWS (RFC 7515 §7.1) says about itself. Nothing in it is verified yet. */
export interface UnverifiedJws {
  readonly header: JwsHeader;
  readonly payload: Uint8Array;
}

export interface JwsHeader {
  readonly alg: string;
  readonly kid: string | null;
}

/** A header or a set of claims. Deeper or wider than this, no honest issuer writes. */
export const JWT_LIMITS: JsonLimits = { bytesMax: CREDENTIAL_CHARS_MAX, depthMax: 16, keysMax: 512, itemsMax: 4096 };

const KID_CHARS_MAX = 256;

/**
 * Members that let a token say how it is to be checked: where to fetch a key, or the key itself, or rules that we do not know
 * (RFC 7515 §4.1.2–4.1.6, §4.1.11). A token with one of them is refused before anything is looked up.
 */
const FORBIDDEN_MEMBERS = ['jku', 'jwk', 'x5u', 'x5c', 'crit', 'b64', 'zip', 'enc'];

/** Access tokens (RFC 9068) and plain JWTs. Other kinds are proofs, logout notices or assertions, signed by the same keys. */
const TYPES: ReadonlySet<string> = new Set(['jwt', 'at+jwt', 'application/jwt', 'application/at+jwt']);

/** Takes a token apart without trusting it. The error says which check failed, and holds nothing of the token. */
export function parseJws(token: string): Result<UnverifiedJws, string> {
  if (token.length > CREDENTIAL_CHARS_MAX) return err('the token is too long');
  const parts = token.split('.').map(decodeBase64url);
  const [head, payload, signature] = parts;
  if (parts.length !== 3 || !head || !payload || !signature) return err('not a compact JWS');
  const json = readJson(head, JWT_LIMITS);
  if (!json.ok || !isJsonObject(json.value)) return err('the header is no JSON object');
  const header = parseHeader(json.value);
  return header.ok ? ok({ header: header.value, payload }) : header;
}

function parseHeader(header: JsonObject): Result<JwsHeader, string> {
  const forbidden = FORBIDDEN_MEMBERS.find((name) => header[name] !== undefined);
  if (forbidden !== undefined) return err(`the header holds ${forbidden}`);
  const { alg, kid, typ } = header;
  if (typeof alg !== 'string') return err('the header names no algorithm');
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > KID_CHARS_MAX))
    return err('the key id is no short string');
  if (typ !== undefined && (typeof typ !== 'string' || !TYPES.has(typ.toLowerCase()))) {
    return err('the token is of another type than an access token');
  }
  return ok({ alg, kid: kid ?? null });
}

/** `null` for an empty part, padding, other alphabets, and last characters with unused bits set: one value has one text. */
function decodeBase64url(part: string): Uint8Array | null {
  if (part === '') return null;
  const bytes = Buffer.from(part, 'base64url');
  return bytes.toString('base64url') === part ? bytes : null;
}
