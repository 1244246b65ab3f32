import * as openid from 'openid-client';
import { isJsonObject, type Json, type JsonObject } from '../../core/json/value.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Clock } from '../../ports/clock.ts';
import type { GuardedFetch } from '../../ports/guarded-fetch.ts';
import type { IdentityProvider, ProviderAnswer, ProviderFault, StartedSignIn } from '../../ports/identity-provider.ts';

export interface OpenidProviderOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly clientAuthentication: 'basic' | 'post';
  readonly scopes: readonly string[];
  /** Those that are asked for at the userinfo endpoint where the ID token does not hold them all. */
  readonly claimsWanted: readonly string[];
}

interface Deps {
  readonly fetch: GuardedFetch;
  readonly clock: Clock;
}

/** For one request of ours. */
const TIMEOUT_SECONDS = 10;
/** How long what the provider says of itself is believed. Its keys have a shorter life of their own, in the library. */
const METADATA_MS = 3_600_000;
/** Whoever was sent to prove who they are did it a moment ago; the rest is for a page that stayed open. */
const FRESH_SECONDS_MAX = 600;

/**
 * OpenID Connect by the code flow with PKCE, state and nonce; the `iss` of the answer (RFC 9207), audience, times and the signature of the
 * ID token are checked by the library. Every connection goes through the guarded dialler.
 */
export function createOpenidProvider(deps: Deps, options: OpenidProviderOptions): IdentityProvider {
  const load = createLoader(deps, options);
  return {
    issuer: options.issuer,
    async start(redirectUri, isFresh) {
      const config = await load();
      if (!config.ok) return config;
      const [state, nonce, codeVerifier] = [
        openid.randomState(),
        openid.randomNonce(),
        openid.randomPKCECodeVerifier(),
      ];
      const url = openid.buildAuthorizationUrl(config.value, {
        redirect_uri: redirectUri,
        scope: scopesOf(options, config.value).join(' '),
        state,
        nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
        ...(isFresh ? { prompt: 'login', max_age: '0' } : {}),
      });
      return ok({ url: url.href, state, nonce, codeVerifier, redirectUri, isFresh });
    },
    async finish(started, query) {
      const config = await load();
      if (!config.ok) return config;
      try {
        return await redeem(deps, options, config.value, { started, query });
      } catch (error) {
        return err(faultOf(error));
      }
    },
  };
}

/** One look at the metadata for all who come at once; a failure is not kept. */
function createLoader(
  { fetch, clock }: Deps,
  options: OpenidProviderOptions,
): () => Promise<Result<openid.Configuration, ProviderFault>> {
  const { issuer, clientId, clientSecret, clientAuthentication } = options;
  const authentication = clientAuthentication === 'basic' ? openid.ClientSecretBasic : openid.ClientSecretPost;
  let loading: Promise<openid.Configuration> | null = null;
  let loadedMs = 0;

  async function discover(): Promise<openid.Configuration> {
    const config = await openid.discovery(new URL(issuer), clientId, {}, authentication(clientSecret), {
      [openid.customFetch]: asCustomFetch(fetch),
      timeout: TIMEOUT_SECONDS,
      // The code of the library never accepts plain http otherwise; the guarded fetch does on loopback alone.
      execute: [openid.allowInsecureRequests, openid.enableNonRepudiationChecks],
    });
    // The library compares URLs; an issuer is a text. Source: OpenID Connect Discovery §4.3.
    if (config.serverMetadata().issuer !== issuer) throw new Error('the metadata is of another issuer');
    return config;
  }

  return async () => {
    if (clock.monotonicMs() - loadedMs > METADATA_MS) loading = null;
    if (loading === null) loadedMs = clock.monotonicMs();
    loading ??= discover();
    try {
      return ok(await loading);
    } catch (error) {
      loading = null;
      return err({ kind: 'unavailable', detail: textOf(error) });
    }
  };
}

function asCustomFetch(fetch: GuardedFetch): openid.CustomFetch {
  return (url, { method, headers, body, signal }) =>
    fetch(url, {
      method,
      headers,
      body: body instanceof URLSearchParams ? body.toString() : typeof body === 'string' ? body : null,
      deadline: signal ?? AbortSignal.timeout(TIMEOUT_SECONDS * 1000),
    });
}

function scopesOf({ scopes }: OpenidProviderOptions, config: openid.Configuration): readonly string[] {
  const known = config.serverMetadata().scopes_supported ?? [];
  return [...new Set(['openid', ...scopes, ...(known.includes('groups') ? ['groups'] : [])])];
}

async function redeem(
  { clock }: Deps,
  { claimsWanted }: OpenidProviderOptions,
  config: openid.Configuration,
  { started, query }: { readonly started: StartedSignIn; readonly query: string },
): Promise<Result<ProviderAnswer, ProviderFault>> {
  const nowSeconds = Math.floor(clock.nowMs() / 1000);
  const tokens = await openid.authorizationCodeGrant(config, new URL(`${started.redirectUri}${query}`), {
    expectedState: started.state,
    expectedNonce: started.nonce,
    pkceCodeVerifier: started.codeVerifier,
    idTokenExpected: true,
    ...(started.isFresh ? { maxAge: FRESH_SECONDS_MAX } : {}),
  });
  const claims = tokens.claims();
  if (claims === undefined) return err({ kind: 'refused', detail: 'there is no ID token' });
  const said = asJson(claims);
  const authenticatedMs = typeof claims.auth_time === 'number' ? Math.min(claims.auth_time, nowSeconds) * 1000 : null;
  const isShort = claimsWanted.some((name) => said[name] === undefined);
  const isAsked = isShort && config.serverMetadata().userinfo_endpoint !== undefined;
  const more = isAsked ? asJson(await openid.fetchUserInfo(config, tokens.access_token, claims.sub)) : {};
  return ok({ claims: mergeClaims(said, more), authenticatedMs });
}

/** The ID token counts before what userinfo says, where that an address is verified is about the address there. */
function mergeClaims(said: JsonObject, more: JsonObject): JsonObject {
  const { email_verified: verified, ...rest } = more;
  const isSame = said.email === undefined || said.email === more.email;
  return { ...rest, ...(isSame && verified !== undefined ? { email_verified: verified } : {}), ...said };
}

function asJson(claims: object): JsonObject {
  const json = { ...claims } as Json;
  return isJsonObject(json) ? json : {};
}

function faultOf(error: unknown): ProviderFault {
  const { code } = error as { readonly code?: unknown };
  const isOutage = error instanceof TypeError || ['OAUTH_TIMEOUT', 'EGRESS_DENIED'].includes(String(code));
  return { kind: isOutage ? 'unavailable' : 'refused', detail: textOf(error) };
}

/** What the library says, with the code of its cause: none of that is of what was sent. */
function textOf(error: unknown): string {
  const { message, code, error: said, cause } = error as Record<string, unknown>;
  const inner = (cause ?? {}) as Record<string, unknown>;
  return [message, code, said, inner['message'], inner['code']].filter((each) => typeof each === 'string').join(': ');
}
