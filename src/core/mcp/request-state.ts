import { Buffer } from 'node:buffer';
import { canonicalJson } from '../json/canonical-json.ts';
import type { JsonLimits } from '../json/limits.ts';
import { readJson } from '../json/read-json.ts';
import { isJsonObject, type Json, type JsonObject } from '../json/value.ts';
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
  /** The process that holds the call. */
  readonly processId: string;
  /** What another process needs to go on with the call; `null`: no other one can. */
  readonly durable: DurableRound | null;
}

/** A round of a call whose upstream keeps nothing. */
export interface DurableRound {
  readonly upstream: string;
  /** By the name of its owner. */
  readonly target: string;
  /** Of the arguments with what the policy filled in. */
  readonly sentDigest: string;
  /** Empty for what has no definition. */
  readonly definitionDigest: string;
  readonly policyVersion: string;
  /** The approval that the call spent; `null`: it needed none. */
  readonly approvalId: string | null;
  /** When the host was first asked. */
  readonly startedMs: number;
  /** What the host is asked, each as an `Ask`, by key. */
  readonly asks: JsonObject;
  /** What the upstream wants to see again: a text of the adapter's. */
  readonly bookmark: string;
}

/** Why a state does not continue the request that brought it. Hosts are told none of this. */
export type StateFault = 'unreadable' | 'expired' | 'of-another-principal' | 'of-another-request';

/** The text to be sealed: canonical, so that equal states are equal texts. */
export function encodeRequestState({ durable, ...state }: RequestState): string {
  return canonicalJson({ ...state, durable: durable === null ? null : { ...durable }, v: VERSION });
}

export function parseRequestState(text: string): Result<RequestState, StateFault> {
  const json = readJson(Buffer.from(text), LIMITS);
  if (!json.ok || !isJsonObject(json.value)) return err('unreadable');
  const { v, durable, round, expiresMs, ...texts } = json.value;
  if (v !== VERSION || !hasTexts(texts, TEXTS)) return err('unreadable');
  if (!Number.isSafeInteger(round) || !Number.isSafeInteger(expiresMs)) return err('unreadable');
  if (durable !== null && !isDurable(durable)) return err('unreadable');
  return ok(json.value as unknown as RequestState);
}

const TEXTS = ['principal', 'client', 'method', 'name', 'endpoint', 'argsDigest', 'callId', 'processId'];
const DURABLE_TEXTS = ['upstream', 'target', 'sentDigest', 'definitionDigest', 'policyVersion', 'bookmark'];

/** These and no others. */
function hasTexts(members: JsonObject, names: readonly string[]): boolean {
  return Object.keys(members).length === names.length && names.every((name) => typeof members[name] === 'string');
}

function isDurable(durable: Json | undefined): boolean {
  if (durable === undefined || !isJsonObject(durable)) return false;
  const { approvalId, startedMs, asks, ...texts } = durable;
  const isApproval = approvalId === null || typeof approvalId === 'string';
  return (
    hasTexts(texts, DURABLE_TEXTS) &&
    isApproval &&
    Number.isSafeInteger(startedMs) &&
    asks !== undefined &&
    isJsonObject(asks)
  );
}

/** The request that brings a state back. */
export type StateBearer = Pick<RequestState, 'principal' | 'client' | 'method' | 'name' | 'endpoint' | 'argsDigest'>;

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

const VERSION = 2;
/** As much as fits what hosts are given to carry, and questions as deep as they may be. */
const LIMITS: JsonLimits = { bytesMax: 64 * 1024, depthMax: 64, keysMax: 4096, itemsMax: 4096 };
