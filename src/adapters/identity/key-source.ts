import { parseKeySet } from '../../core/identity/parse-key-set.ts';
import type { JsonLimits } from '../../core/json/limits.ts';
import { type Result, err, ok } from '../../core/result.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DocumentFetcher, DocumentRequest } from '../../ports/document-fetcher.ts';
import { findJwksUri } from './find-jwks-uri.ts';
import { createJsonDocuments } from './json-documents.ts';
import { type KeySet, createKeySet } from './verify-signature.ts';

/** The keys of one issuer, as it published them last. Never throws. */
export interface KeySource {
  /** Keys that are fresh, or, while the issuer cannot be reached, not too old. */
  current(): Promise<Result<KeySet, string>>;
  /**
   * For a key id that `known` does not have: keys fetched after `known`, or `null` where there are none, and it is too early to ask or too
   * many wait for them already.
   */
  newerThan(known: KeySet): Promise<KeySet | null>;
}

export interface KeySourceLimits {
  /** From the first look-up of a name to the last byte of the keys. */
  readonly fetchTimeoutMs: number;
  /** Of the issuer's metadata and of its key set. */
  readonly document: JsonLimits;
  /** Between two fetches. However many unknown key ids arrive, the issuer sees no more than one fetch in this time. */
  readonly coolDownMs: number;
  /** How long keys are used without asking again: how long a key that was withdrawn may live on. */
  readonly freshMs: number;
  /** How long old keys serve while the issuer cannot be reached. */
  readonly staleMsMax: number;
  /** Checks that wait for keys at once. Anybody can make up tokens that do, and each takes a place from those that need not. */
  readonly waitersMax: number;
}

export const KEY_SOURCE_LIMITS: KeySourceLimits = {
  fetchTimeoutMs: 5000,
  document: { bytesMax: 256 * 1024, depthMax: 8, keysMax: 4096, itemsMax: 4096 },
  coolDownMs: 5000,
  freshMs: 5 * 60_000,
  staleMsMax: 24 * 3_600_000,
  waitersMax: 128,
};

export interface KeySourceDeps {
  readonly clock: Clock;
  readonly documents: DocumentFetcher;
}

interface Fetched {
  readonly keys: KeySet;
  readonly atMs: number;
}

/** `jwksUri` is the operator's, or `null` where the issuer's metadata says it. No token ever says where keys are fetched. */
export function createKeySource(
  deps: KeySourceDeps,
  issuer: { readonly issuer: string; readonly jwksUri: string | null },
  limits: KeySourceLimits,
): KeySource {
  let fetched: Fetched | null = null;
  let problem = 'not fetched yet';
  let askAgainMs = Number.NEGATIVE_INFINITY;
  let underWay: Promise<void> | null = null;
  let waiters = 0;

  async function refresh(): Promise<void> {
    try {
      const keys = await fetchKeys(deps.documents, issuer, limits);
      if (keys.ok) fetched = { keys: keys.value, atMs: deps.clock.monotonicMs() };
      else problem = keys.error;
    } finally {
      askAgainMs = deps.clock.monotonicMs() + limits.coolDownMs;
      underWay = null;
    }
  }

  async function refreshIfAllowed(): Promise<void> {
    if (waiters >= limits.waitersMax) return;
    waiters++;
    try {
      if (underWay === null && deps.clock.monotonicMs() >= askAgainMs) underWay = refresh();
      await underWay;
    } finally {
      waiters--;
    }
  }

  function usable(ageMsMax: number): KeySet | null {
    return fetched !== null && deps.clock.monotonicMs() - fetched.atMs < ageMsMax ? fetched.keys : null;
  }

  return {
    async current() {
      const fresh = usable(limits.freshMs);
      if (fresh !== null) return ok(fresh);
      await refreshIfAllowed();
      const keys = usable(limits.staleMsMax);
      return keys === null ? err(`the keys of ${issuer.issuer} cannot be had: ${problem}`) : ok(keys);
    },

    async newerThan(known) {
      if (fetched?.keys === known) await refreshIfAllowed();
      const keys = usable(limits.staleMsMax);
      return keys === known ? null : keys;
    },
  };
}

async function fetchKeys(
  fetcher: DocumentFetcher,
  { issuer, jwksUri }: { readonly issuer: string; readonly jwksUri: string | null },
  limits: KeySourceLimits,
): Promise<Result<KeySet, string>> {
  const documents = createJsonDocuments(fetcher, limits.document, limits.fetchTimeoutMs);
  const uri = jwksUri === null ? await findJwksUri(issuer, documents) : ok(jwksUri);
  if (!uri.ok) return uri;
  const json = await documents.fetch(uri.value, jwksUri === null ? chooserOf(uri.value, issuer) : 'operator');
  const keys = json.ok ? parseKeySet(json.value) : json;
  return keys.ok ? createKeySet(keys.value) : err(`${uri.value}: ${keys.error}`);
}

/** On the issuer's own host, it is still the operator who chose where we go; on another one, it is whoever wrote the metadata. */
function chooserOf(uri: string, issuer: string): DocumentRequest['chosenBy'] {
  return new URL(uri).host === new URL(issuer).host ? 'operator' : 'peer';
}
