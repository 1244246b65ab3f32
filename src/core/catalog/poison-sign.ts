/** What a text in a tool definition may be about besides the tool. Each is explained in `docs/content.md`. */
export type PoisonSign =
  | 'hidden-characters'
  | 'instruction-block'
  | 'concealment'
  | 'override'
  | 'sensitive-source'
  | 'exfiltration'
  | 'redirection'
  | 'other-tools'
  | 'coercion'
  | 'holds-secret';

export interface SignPattern {
  readonly sign: PoisonSign;
  /** 2: enough alone. 1: honest texts have it too, so two different ones must come together. */
  readonly weight: 1 | 2;
  readonly pattern: RegExp;
}

/** The source has no flags but `u` and, unless something else is said, `i`. */
export function sign(name: PoisonSign, weight: 1 | 2, source: string, flags = 'i'): SignPattern {
  return { sign: name, weight, pattern: new RegExp(source, `${flags}u`) };
}
