/** Parts of a local date and time, by their CEL names, with CEL's way of counting: months and days of the year from 0, Sunday is 0. */
export const LOCAL_TIME_PARTS = [
  'getFullYear',
  'getMonth',
  'getDate',
  'getDayOfMonth',
  'getDayOfWeek',
  'getDayOfYear',
  'getHours',
  'getMinutes',
  'getSeconds',
  'getMilliseconds',
] as const;

export type LocalTimePart = (typeof LOCAL_TIME_PARTS)[number];

/** One part of a moment in a time zone. Throws for a zone that is not known. */
export function localTime(part: LocalTimePart, ms: number, zone: string): bigint {
  // oxlint-disable-next-line no-restricted-globals -- pure: it takes apart the time that it is given and asks for none.
  return BigInt(partOf(new Date(ms + offsetMs(ms, zone)), part));
}

export function isTimeZone(zone: string): boolean {
  try {
    formatterOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** The clock of the zone, put into the fields that `Date` keeps for UTC. */
function partOf(local: Date, part: LocalTimePart): number {
  switch (part) {
    case 'getFullYear':
      return local.getUTCFullYear();
    case 'getMonth':
      return local.getUTCMonth();
    case 'getDate':
      return local.getUTCDate();
    case 'getDayOfMonth':
      return local.getUTCDate() - 1;
    case 'getDayOfWeek':
      return local.getUTCDay();
    case 'getDayOfYear':
      // oxlint-disable-next-line no-restricted-globals -- pure, as above.
      return Math.floor((local.getTime() - Date.UTC(local.getUTCFullYear(), 0, 1)) / DAY_MS);
    case 'getHours':
      return local.getUTCHours();
    case 'getMinutes':
      return local.getUTCMinutes();
    case 'getSeconds':
      return local.getUTCSeconds();
    case 'getMilliseconds':
      return local.getUTCMilliseconds();
  }
}

const DAY_MS = 86_400_000;
/** Zones have changed their offset at whole quarters of an hour of UTC alone since 1972. */
const QUARTER_MS = 900_000;

interface Zone {
  readonly formatter: Intl.DateTimeFormat;
  quarter: number;
  offsetMs: number;
}

/** Names of zones stand in policies as literals. A formatter takes some 30 µs to make and to ask, so both are kept. */
const zones = new Map<string, Zone>();
const ZONES_MAX = 1000;

function offsetMs(ms: number, name: string): number {
  if (name === 'UTC') return 0;
  const zone = zoneOf(name);
  const quarter = Math.floor(ms / QUARTER_MS);
  if (zone.quarter !== quarter) {
    zone.offsetMs = readOffset(zone.formatter, quarter * QUARTER_MS);
    zone.quarter = quarter;
  }
  return zone.offsetMs;
}

function zoneOf(name: string): Zone {
  let zone = zones.get(name);
  if (zone === undefined) {
    zone = { formatter: formatterOf(name), quarter: Number.NaN, offsetMs: 0 };
    if (zones.size < ZONES_MAX) zones.set(name, zone);
  }
  return zone;
}

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
}

function readOffset(formatter: Intl.DateTimeFormat, ms: number): number {
  const parts = new Map(formatter.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? Number.NaN;
  // oxlint-disable-next-line no-restricted-globals -- pure, as above.
  const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return local - ms;
}
