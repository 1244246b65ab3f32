/** One breach of one rule: the linter must report `rule` (as it prints it) for `file`. */
export interface Planted {
  readonly breach: string;
  readonly file: string;
  readonly code: string;
  readonly rule: string;
}
