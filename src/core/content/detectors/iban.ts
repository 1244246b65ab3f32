import type { Detector } from './detector.ts';

/** International bank account numbers with the right check digits (ISO 13616), in one piece or in groups of four. */
export const iban: Detector = {
  name: 'iban',
  class: 'iban',
  find(text, report) {
    HEAD.lastIndex = 0;
    for (let found = HEAD.exec(text); found !== null; found = HEAD.exec(text)) {
      const length = LENGTHS.get(found[0].slice(0, 2)) ?? 0;
      const end = length === 0 ? 0 : endOfNumber(text, found.index, length);
      if (end !== 0) report(found.index, end);
    }
  },
};

const HEAD = /(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2}(?= ?[A-Z0-9])/g;
/** The country, and two check digits. */
const HEAD_CHARS = 4;

/** Characters of a number, by country (the registry of ISO 13616). */
const LENGTHS: ReadonlyMap<string, number> = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 ' +
    'GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 ' +
    'MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 ' +
    'TN24 TR26 UA29 VA22 VG24 XK20'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))] as const),
);

/** Where the number ends, behind which words in capitals may stand; 0 if it is none. The check digits are right where the rest is 1. */
function endOfNumber(text: string, start: number, length: number): number {
  let rest = 0;
  let at = start + HEAD_CHARS;
  for (let count = HEAD_CHARS; count < length; count += 1) {
    if (text.charCodeAt(at) === BLANK) at += 1;
    rest = append(rest, text.charCodeAt(at));
    if (rest === NOT_A_NUMBER) return 0;
    at += 1;
  }
  for (let index = start; index < start + HEAD_CHARS; index += 1) rest = append(rest, text.charCodeAt(index));
  return rest === 1 ? at : 0;
}

const BLANK = 0x20;

/** The rest by 97 of a number that goes on with this digit, or with this letter as two digits. */
function append(rest: number, code: number): number {
  if (code >= 0x30 && code <= 0x39) return (rest * 10 + code - 0x30) % 97;
  return code >= 0x41 && code <= 0x5a ? (rest * 100 + code - 0x37) % 97 : NOT_A_NUMBER;
}

const NOT_A_NUMBER = -1;
