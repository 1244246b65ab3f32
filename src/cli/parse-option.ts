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

/** For options that may be given several times. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
