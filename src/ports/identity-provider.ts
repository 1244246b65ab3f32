import type { JsonObject } from '../core/json/value.ts';
import type { Result } from '../core/result.ts';

/** One way of somebody to the provider and back. Everything in it but `url` is to be kept from everybody, and used once. */
export interface StartedSignIn {
  /** Where the browser goes. */
  readonly url: string;
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly redirectUri: string;
  /** They are to prove who they are now, whatever session the provider has of them. */
  readonly isFresh: boolean;
}

export interface ProviderAnswer {
  /** Verified: issuer, audience, times, nonce and signature. */
  readonly claims: JsonObject;
  /** When the provider last saw them prove who they are, in milliseconds since the epoch; `null` where it does not say. */
  readonly authenticatedMs: number | null;
}

/** `refused`: what came back does not stand for a sign-in. The detail is for the operator, and holds no secret. */
export interface ProviderFault {
  readonly kind: 'refused' | 'unavailable';
  readonly detail: string;
}

/** An OpenID provider. Nothing here throws, and no failure becomes an identity. */
export interface IdentityProvider {
  readonly issuer: string;
  start(redirectUri: string, isFresh: boolean): Promise<Result<StartedSignIn, ProviderFault>>;
  /** `query`: what the browser brought back, from `?` on. */
  finish(started: StartedSignIn, query: string): Promise<Result<ProviderAnswer, ProviderFault>>;
}
