import { Buffer } from 'node:buffer';
import { canonicalJson } from '../json/canonical-json.ts';
import type { JsonLimits } from '../json/limits.ts';
import { readJson } from '../json/read-json.ts';
import { isJsonObject } from '../json/value.ts';
import { type Result, err, ok } from '../result.ts';

/**
 * What a `requestState` of revision 2026-07-28 says once it is opened. The host carries it and must be taken for an attacker, so it is
 * sealed on the way (`ports/sealer.ts`), and everything in it is compared with the request that brings it back.
 */
export interface RequestState {
  readonly principal: string;
  readonly client: string;
  /** `tools/call`, with the name as the host wrote it: the same request must come again. */
  readonly method: string;
  readonly name: string;
  /** Which path it was sent to. */
  readonly endpoint: string;
  readonly argsDigest: string;
  /** The held call that goes on. */
  readonly callId: string;
  /** How many times the host has been asked so far, this time included. Each state is good for one round. */
  readonly round: number;
  readonly expiresMs: number;
}

/** Why a state does not continue the request that brought it. Hosts are told none of this. */
export type StateFault = 'unreadable' | 'expired' | 'of-another-principal' | 'of-another-request';

/** The text to be sealed: canonical, so that equal states are equal texts. */
export function encodeRequestState(state: RequestState): string {
  return canonicalJson({ ...state, v: VERSION });
}

export function parseRequestState(text: string): Result<RequestState, StateFault> {
  const json = readJson(Buffer.from(text), LIMITS);
  if (!json.ok || !isJsonObject(json.value)) return err('unreadable');
  const { v, principal, client, method, name, endpoint, argsDigest, callId, round, expiresMs, ...others } = json.value;
  const texts = [principal, client, method, name, endpoint, argsDigest, callId];
  if (v !== VERSION || Object.keys(others).length > 0) return err('unreadable');
  if (!texts.every((value) => typeof value === 'string')) return err('unreadable');
  if (!Number.isSafeInteger(round) || !Number.isSafeInteger(expiresMs)) return err('unreadable');
  return ok(json.value as unknown as RequestState);
}

/** The request that brings a state back. */
export type StateBearer = Omit<RequestState, 'callId' | 'round' | 'expiresMs'>;

/** Checks that the state was made for this very request of this very person, and still counts. */
export function checkRequestState(state: RequestState, bearer: StateBearer, nowMs: number): StateFault | null {
  if (state.principal !== bearer.principal || state.client !== bearer.client) return 'of-another-principal';
  const { method, name, endpoint, argsDigest } = state;
  const isSame =
    method === bearer.method &&
    name === bearer.name &&
    endpoint === bearer.endpoint &&
    argsDigest === bearer.argsDigest;
  if (!isSame) return 'of-another-request';
  return state.expiresMs > nowMs ? null : 'expired';
}

const VERSION = 1;
const LIMITS: JsonLimits = { bytesMax: 16_384, depthMax: 1, keysMax: 16, itemsMax: 16 };
