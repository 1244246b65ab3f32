import { UPSTREAM_LIMITS, type UpstreamLimits } from '../limits.ts';

export interface StdioLimits extends UpstreamLimits {
  readonly processesMax: number;
  /** Lines of one process that are no MCP message. Some servers print a banner; one that prints more is no server or has lost its way. */
  readonly badLinesMax: number;
  /** What may wait for a process that does not read its input. */
  readonly inputBytesMax: number;
  /** The wait after the first failure in a row; it doubles with each. */
  readonly restartDelayMs: number;
  /** The longest wait. A process that ran for longer than this counts as healthy. */
  readonly restartDelayMaxMs: number;
}

export const STDIO_LIMITS: StdioLimits = {
  ...UPSTREAM_LIMITS,
  processesMax: 32,
  badLinesMax: 100,
  inputBytesMax: 16 * 1024 * 1024,
  restartDelayMs: 1_000,
  restartDelayMaxMs: 60_000,
};
