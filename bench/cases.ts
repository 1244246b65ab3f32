import type { Arrival } from './load/job.ts';

export const CASE_NAMES = ['max32', 'open500', 'result1mb', 'sse'] as const;
export type CaseName = (typeof CASE_NAMES)[number];

/** Parts of the gateway alone, each a program with a table of its own. */
export const PART_NAMES = ['json', 'content', 'policy', 'store', 'streams', 'approvals', 'lists'] as const;
export type PartName = (typeof PART_NAMES)[number];

/** In the order of their rows. */
export const TARGET_NAMES = ['direct', 'nginx', 'mcp-proxy', 'countersign'] as const;
export type TargetName = (typeof TARGET_NAMES)[number];

export interface BenchCase {
  readonly name: CaseName;
  /** For people. */
  readonly title: string;
  readonly arrival: Arrival;
  readonly connections: number;
  readonly textChars: number;
  readonly gapMs: number | null;
}

const SMALL_CHARS = 200;

export const CASES: Readonly<Record<CaseName, BenchCase>> = {
  max32: {
    name: 'max32',
    title: 'as many calls as it can, 32 connections, 200-byte results',
    arrival: { kind: 'closed' },
    connections: 32,
    textChars: SMALL_CHARS,
    gapMs: null,
  },
  open500: {
    name: 'open500',
    title: '500 calls a second whether or not answers come, 200-byte results',
    arrival: { kind: 'open', callsPerSecond: 500 },
    connections: 64,
    textChars: SMALL_CHARS,
    gapMs: null,
  },
  result1mb: {
    name: 'result1mb',
    title: 'as many calls as it can, 4 connections, 1 MB results',
    arrival: { kind: 'closed' },
    connections: 4,
    textChars: 1_000_000,
    gapMs: null,
  },
  sse: {
    name: 'sse',
    title: '200 calls a second, progress at once and the result 20 ms later; times are to the first event',
    arrival: { kind: 'open', callsPerSecond: 200 },
    connections: 64,
    textChars: SMALL_CHARS,
    gapMs: 20,
  },
};
