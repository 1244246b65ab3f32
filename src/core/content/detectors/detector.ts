import type { Marks } from './marks.ts';

/** What a detector finds: a credential, or a class of personal data. */
export type DataClass = 'secret' | PersonalDataClass;

export const PERSONAL_DATA_CLASSES = ['email', 'phone', 'card-number', 'iban', 'national-id', 'ip-address'] as const;

export type PersonalDataClass = (typeof PERSONAL_DATA_CLASSES)[number];

/**
 * Says that `text.slice(start, end)` is a find. Offsets are UTF-16 code units, as in every string of JavaScript. `name`: what the find
 * is called where a detector finds things of several kinds.
 */
export type ReportSpan = (start: number, end: number, name?: string) => void;

/**
 * One way to recognise one kind of value. Takes time in proportion to the text, whatever the text is: a result is what an attacker
 * likes it to be. So a pattern is tried only at an anchor, and each of its repetitions is bounded or ends at a character that
 * it cannot contain. Anchors are the marks that all share, and characters that `indexOf` finds: nearly no text has any, and to look for
 * none is most of what detectors cost.
 */
export interface Detector {
  /** Stands in the marker that takes the place of what was found. */
  readonly name: string;
  readonly class: DataClass;
  readonly find: (text: string, report: ReportSpan, marks: Marks) => void;
}
