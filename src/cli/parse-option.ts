import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../core/duration.ts';

/** A whole number of at least 1. */
export function parseCount(text: string): number {
  if (!/^[1-9][0-9]{0,8}$/.test(text)) throw new InvalidArgumentError('must be a whole number of at least 1.');
  return Number(text);
}

/** A sequence number; 0 stands before the first entry. */
export function parseSequence(text: string): number {
  if (!/^[0-9]{1,15}$/.test(text)) throw new InvalidArgumentError('must be a sequence number.');
  return Number(text);
}

/** `30m`, in milliseconds. */
export function parseDurationOption(text: string): number {
  const ms = parseDuration(text);
  if (!ms.ok) throw new InvalidArgumentError(`${ms.error}.`);
  return ms.value;
}

/** A time, or how long ago it was: `24h`. Gives the milliseconds since the epoch, once it is known when now is. */
export function parseMoment(text: string): (nowMs: number) => number {
  const agoMs = parseDuration(text);
  if (agoMs.ok) return (nowMs) => nowMs - agoMs.value;
  const atMs = TIMESTAMP.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(atMs))
    throw new InvalidArgumentError('must be a time such as 2026-11-20T14:02:00Z, or 24h or 7d ago.');
  return () => atMs;
}

/** RFC 3339, or a day of it in UTC. */
const TIMESTAMP = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** For options that may be given several times. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
