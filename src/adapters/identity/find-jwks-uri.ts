import { isLoopback } from '../../core/http/host-check.ts';
import { type Json, isJsonObject } from '../../core/json/value.ts';
import { type Result, err, ok } from '../../core/result.ts';
import type { JsonDocuments } from './json-documents.ts';

/** Where an issuer from the configuration publishes its keys, according to its own metadata. */
export async function findJwksUri(issuer: string, documents: JsonDocuments): Promise<Result<string, string>> {
  let problem = 'the issuer is no URL';
  for (const url of metadataUrls(issuer)) {
    const metadata = await documents.fetch(url, 'operator');
    const uri = metadata.ok ? parseJwksUri(metadata.value, issuer) : metadata;
    if (uri.ok) return uri;
    problem = `${url}: ${uri.error}`;
  }
  return err(problem);
}

/** OpenID Connect Discovery §4 puts the well-known part behind the issuer's path, RFC 8414 §3.1 in front of it. */
function metadataUrls(issuer: string): readonly string[] {
  if (!URL.canParse(issuer)) return [];
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ];
}

/** RFC 8414 §3.3: metadata that names another issuer must not be used. */
function parseJwksUri(metadata: Json, issuer: string): Result<string, string> {
  if (!isJsonObject(metadata) || metadata.issuer !== issuer) return err('the metadata is of another issuer');
  const uri = metadata.jwks_uri;
  if (typeof uri !== 'string' || !URL.canParse(uri)) return err('the metadata names no key set');
  const { protocol, hostname } = new URL(uri);
  const isSafe = protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
  return isSafe ? ok(uri) : err('the key set is not behind https');
}
