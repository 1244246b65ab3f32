import { isPlaceholder, shannonEntropy } from '../placeholder.ts';
import type { Detector } from './detector.ts';

/**
 * A text that is one random-looking value and nothing else, as keys without a format of their own are. So are many identifiers, which is
 * why this stands only where a person reads what was found. UUIDs and the usual lengths of digests are left alone.
 */
export const opaqueValue: Detector = {
  name: 'opaque-value',
  class: 'secret',
  find(text, report) {
    if (text.length > VALUE_CHARS_MAX * 2) return;
    const value = text.trim();
    if (!isOpaqueValue(value)) return;
    const start = text.indexOf(value);
    report(start, start + value.length);
  },
};

/** The same for a text that is a member `text` of a JSON document, as every text in a result of a tool is. */
export const opaqueText: Detector = {
  name: 'opaque-value',
  class: 'secret',
  find(text, report) {
    TEXT_MEMBER.lastIndex = 0;
    for (let found = TEXT_MEMBER.exec(text); found !== null; found = TEXT_MEMBER.exec(text)) {
      const value = found[1] ?? '';
      const end = TEXT_MEMBER.lastIndex - 1;
      if (isOpaqueValue(value)) report(end - value.length, end);
    }
  },
};

const VALUE_CHARS_MAX = 90;
const TEXT_MEMBER = /"text"\s{0,8}:\s{0,8}"([^"\\\s]{14,90})"/g;

function isOpaqueValue(value: string): boolean {
  if (value.length < 14 || value.length > VALUE_CHARS_MAX || isPlaceholder(value) || PUBLIC.test(value)) return false;
  if (HEX.test(value)) return value.length >= 32 && !DIGEST_LENGTHS.has(value.length);
  if (NUMBERED.test(value) || HEX_PAIR.test(value)) return true;
  const form = ALPHANUMERIC.test(value) ? 'plain' : SEPARATED.test(value) ? 'separated' : 'other';
  const letters = value.replace(/[^A-Za-z]/g, '').length;
  if (form === 'other' || letters < 4 || HEX_PART.test(value) || shannonEntropy(value) < 3.1) return false;
  if (form === 'plain' && isMixed(value)) return true;
  const digits = value.replace(/[^0-9]/g, '').length;
  // Names with numbers in them change between letters and digits three or four times.
  const changes = countOverlapping(value, /[A-Za-z](?=[0-9])|[0-9](?=[A-Za-z])/g);
  const changesMin = form === 'separated' ? Math.max(6, value.length / 5) : value.length < 20 ? 5 : 4;
  return digits >= 2 && changes >= changesMin;
}

/** Half of the characters or more are followed by one of another kind. In names, words of one kind follow a capital. */
function isMixed(value: string): boolean {
  if (value.length < 16 || !/[0-9]/.test(value) || !/[a-z]/.test(value) || !/[A-Z]/.test(value)) return false;
  const changes = countOverlapping(value, /[a-z](?=[A-Z0-9])|[A-Z](?=[a-z0-9])|[0-9](?=[A-Za-z])/g);
  return changes >= value.length / 2;
}

function countOverlapping(value: string, pattern: RegExp): number {
  return value.match(pattern)?.length ?? 0;
}

const HEX = /^(?:[0-9a-f]+|(?=[0-9A-Fa-f]{40}$)[0-9A-Fa-f]+)$/;
/** A digest with something before or behind it. */
const HEX_PART = /(?:^|[_-])[0-9a-fA-F]{12,}(?:$|[_-])/;
const HEX_PAIR = /^[0-9a-f]{8}:[0-9a-f]{8}$/;
const DIGEST_LENGTHS: ReadonlySet<number> = new Set([40, 48, 56, 64, 96, 128]);
const ALPHANUMERIC = /^(?:[a-z0-9]+|[A-Za-z0-9]+)$/;
const SEPARATED = /^[a-z0-9=_+/-]+$/;
/** An account number and a random part. */
const NUMBERED = /^[0-9]{15,25}-[A-Za-z0-9]{20,40}$/;
/** UUIDs, and formats that their issuers call public. */
const PUBLIC = /^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$|^pk[_.]|^phc_|^AIza|^eyJ|pub/i;
