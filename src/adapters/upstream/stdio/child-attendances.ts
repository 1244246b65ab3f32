import type { Wish } from '../../../core/mcp/notices.ts';
import { type Attendances, createAttendances } from '../attendances.ts';
import type { UpstreamDeps } from '../upstream-deps.ts';
import { attendChild, type ChildIntakeDeps } from './child-notifications.ts';
import type { StdioLimits } from './stdio-limits.ts';

export interface ChildAttendanceOptions {
  readonly name: string;
  readonly shared: boolean;
  readonly limits: StdioLimits;
}

/**
 * What principals want to be told by processes. A process that all share is asked once for what any of them wants; who of them may hear
 * what it tells is decided where it is told.
 */
export function createChildAttendances(
  { name, shared, limits }: ChildAttendanceOptions,
  { clock, report }: UpstreamDeps,
  { processes, newcomers, modernParams }: Pick<ChildIntakeDeps, 'processes' | 'newcomers' | 'modernParams'>,
): Attendances {
  const requestTimeoutMs = Math.min(limits.handshakeTimeoutMs, SUBSCRIBE_TIMEOUT_MS);
  const intake: ChildIntakeDeps = { processes, newcomers, modernParams, requestTimeoutMs };
  const attendances = createAttendances(
    {
      clock,
      report: (problem) => report({ upstream: name, problem }),
      attend: (attendance) => attendChild(intake, attendance),
    },
    limits,
  );
  return shared ? joinWishes(attendances) : attendances;
}

/** A new process is not used before it was asked. */
const SUBSCRIBE_TIMEOUT_MS = 5_000;

function joinWishes(attendances: Attendances): Attendances {
  const wishes = new Map<string, Wish>();
  return {
    attend(principal, wish) {
      if (wish.lists.length + wish.resourceUris.length === 0) wishes.delete(principal);
      else wishes.set(principal, wish);
      const all = [...wishes.values()];
      const lists = [...new Set(all.flatMap((each) => each.lists))];
      const resourceUris = [...new Set(all.flatMap((each) => each.resourceUris))];
      return attendances.attend('', { lists, resourceUris });
    },
    close: attendances.close,
  };
}
