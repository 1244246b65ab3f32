import type { TextTraits } from '../text-traits.ts';

/** What a detector finds: a credential, or a class of personal data. */
export type DataClass = 'secret' | PersonalDataClass;

export const PERSONAL_DATA_CLASSES = ['email', 'phone', 'card-number', 'iban', 'national-id', 'ip-address'] as const;

export type PersonalDataClass = (typeof PERSONAL_DATA_CLASSES)[number];

/** Says that `text.slice(start, end)` is a find. Offsets are UTF-16 code units, as in every string of JavaScript. */
export type ReportSpan = (start: number, end: number) => void;

/**
 * One way to recognise one kind of value. Takes time in proportion to the text, whatever the text is: a result is what an attacker
 * likes it to be. So a pattern is tried only behind an anchor, and each of its repetitions is bounded or ends at a character that
 * it cannot contain.
 */
export interface Detector {
  /** Stands in the marker that takes the place of what was found. */
  readonly name: string;
  readonly class: DataClass;
  /** Finds nothing in a text that has none of these. */
  readonly needs: TextTraits;
  readonly find: (text: string, report: ReportSpan) => void;
}
