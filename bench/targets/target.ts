import type { Result } from '../../src/core/result.ts';
import type { Placement } from '../machine.ts';
import type { Processes } from '../processes.ts';

export interface TargetSetup {
  readonly upstreamUrl: string;
  readonly upstreamPid: number;
  readonly placement: Placement;
  readonly processes: Processes;
}

/** Something that answers calls of the tool `bench`. */
export interface RunningTarget {
  readonly url: string;
  /** `null`: it asks for none. */
  readonly token: string | null;
  /** Whose CPU and memory count, with its children. */
  readonly pid: number;
}

/** The error says, for people, what is not installed. Throws where it is installed and does not start. */
export type StartTarget = (setup: TargetSetup) => Promise<Result<RunningTarget, string>>;

export function localUrl(port: number, path: string): string {
  return `http://127.0.0.1:${port}${path}`;
}
