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
  /** What stands before it counts for nothing: `never proceed` in front of `without showing it to the user`. */
  readonly voidAfter?: RegExp;
}

/** The source has no flags but `g`, `u` and, unless something else is said, `i`. */
export function sign(name: PoisonSign, weight: 1 | 2, source: string, flags = 'i'): SignPattern {
  return { sign: name, weight, pattern: new RegExp(source, `${flags}gu`) };
}

/** Behind the opening tag: a sentence, and not an example of a document or of an option. */
export const TAGGED = '(?=[^<]{12,2000}</|[^<>]{0,20}[\\w,]{1,20}(?: [\\w,]{1,20}){4})';

/** The same, not where it is forbidden: `never proceed without asking`. */
export function unlessDenied(pattern: SignPattern): SignPattern {
  return { ...pattern, voidAfter: /\b(?:never|not|don't|cannot|nor)\b[^.]{0,40}$/i };
}

/** The same, not where it is a condition: `where approvals are disabled`. */
export function unlessIf(pattern: SignPattern): SignPattern {
  return { ...pattern, voidAfter: /\b(?:if|when|where|whether|unless|until|once)\b[^.]{0,40}$/i };
}
