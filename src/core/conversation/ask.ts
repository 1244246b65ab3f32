import type { JsonObject } from '../json/value.ts';

/** What an upstream can ask of a host during a call, each with a switch of its own. */
export type AskKind = 'elicitation-form' | 'elicitation-url' | 'sampling' | 'roots';

export type AskMethod = 'elicitation/create' | 'sampling/createMessage' | 'roots/list';

/** A question that passed the check, made anew from what it may hold. */
export interface Ask {
  readonly kind: AskKind;
  readonly method: AskMethod;
  readonly params: JsonObject;
  /** Of a page: by what the upstream will call it when the person is through with it. Never shown. */
  readonly elicitationId?: string;
}

/** Why a question is not put to a host. */
export type AskRefusal =
  | 'unknown-method'
  | 'not-allowed'
  | 'not-declared'
  | 'malformed'
  | 'too-large'
  | 'asks-for-secret'
  | 'url-in-form'
  | 'url-not-https'
  | 'url-host-not-allowed'
  | 'too-many';
