import { type Result, err } from '../result.ts';

/** Why a JSON text was refused. The list is closed. */
export type JsonFaultKind =
  | 'too-large'
  | 'empty'
  | 'not-utf8'
  | 'byte-order-mark'
  | 'syntax'
  | 'too-deep'
  | 'too-many-keys'
  | 'too-many-items'
  | 'duplicate-key'
  | 'lone-surrogate'
  | 'inexact-number'
  | 'not-an-object';

/** `detail` is for the operator and, like `kind`, never holds anything of the text: it may be recorded. */
export interface JsonFault {
  readonly kind: JsonFaultKind;
  /** Bytes before the place where the text stopped being acceptable. */
  readonly offset: number;
  readonly detail: string;
}

export function jsonFault(kind: JsonFaultKind, offset: number, detail: string): Result<never, JsonFault> {
  return err({ kind, offset, detail });
}
