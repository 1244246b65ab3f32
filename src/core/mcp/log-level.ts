import type { Json } from '../json/value.ts';

/** RFC 5424, from the least to the most severe. */
export const LOG_LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export function parseLogLevel(level: Json | undefined): LogLevel | null {
  return LOG_LEVELS.find((known) => known === level) ?? null;
}

/** Whether whoever asked for `wanted` wants a message of this level. */
export function isLogWanted(level: LogLevel, wanted: LogLevel): boolean {
  return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(wanted);
}
