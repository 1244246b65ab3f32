import type { Detector } from './detector.ts';

/** International bank account numbers with the right check digits (ISO 13616), in one piece or in groups of four. */
export const iban: Detector = {
  name: 'iban',
  class: 'iban',
  find(text, report) {
    HEAD.lastIndex = 0;
    for (let found = HEAD.exec(text); found !== null; found = HEAD.exec(text)) {
      BODY.lastIndex = found.index;
      const length = LENGTHS.get(found[0].slice(0, 2));
      if (length === undefined) continue;
      BODY.lastIndex = found.index;
      const value = BODY.exec(text)?.[0] ?? '';
      const end = endOfNumber(value, length);
      if (isValid(value.slice(0, end).replaceAll(' ', ''), length)) report(found.index, found.index + end);
    }
  },
};

const HEAD = /(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2}(?= ?[A-Z0-9])/g;
const BODY = /[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30}/y;

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

/** Where the number ends that begins the value: words in capitals may follow it. */
function endOfNumber(value: string, length: number): number {
  let end = 0;
  for (let characters = 0; characters < length && end < value.length; end += 1) {
    if (value.charAt(end) !== ' ') characters += 1;
  }
  return end;
}

function isValid(value: string, length: number): boolean {
  if (value.length !== length) return false;
  const moved = value.slice(4) + value.slice(0, 4);
  let rest = 0;
  for (const char of moved) {
    const number = Number.parseInt(char, 36);
    rest = (rest * (number > 9 ? 100 : 10) + number) % 97;
  }
  return rest === 1;
}
