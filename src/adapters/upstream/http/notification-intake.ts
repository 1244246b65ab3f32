import type { Dispatcher } from 'undici';
import type { UpstreamNotice } from '../../../core/mcp/notices.ts';
import {
  type Attendance,
  type AttendanceEnd,
  type AttendanceLimits,
  type Attendances,
  type AttendancesDeps,
  createAttendances,
} from '../attendances.ts';
import type { EraKeeper } from '../era-keeper.ts';
import type { ParamsWriter } from '../rpc/write-params.ts';
import type { HttpLeg } from './http-leg.ts';
import { attendLegacy } from './notification-legacy.ts';
import { attendModern } from './notification-modern.ts';
import type { Sessions } from './sessions.ts';

/** What listening to an upstream over HTTP needs. */
export interface HttpIntakeDeps {
  readonly leg: HttpLeg;
  /** Connections of its own: a stream that lasts must not take the place of calls. */
  readonly dispatcher: Pick<Dispatcher, 'dispatch'>;
  readonly path: string;
  /** Names and values in turn, on every request: the operator's. */
  readonly headers: readonly string[];
  readonly eras: EraKeeper;
  readonly sessions: Pick<Sessions, 'get' | 'forget'>;
  readonly params: ParamsWriter;
  readonly onNotice: (notice: UpstreamNotice, principal: string) => void;
  readonly onUninvited: (method: string) => void;
  readonly requestTimeoutMs: number;
  /** Before a stream is taken up again whose server says nothing of it. */
  readonly retryMs: number;
}

/** What principals want to be told by an upstream over HTTP. */
export function createHttpAttendances(
  deps: HttpIntakeDeps & Omit<AttendancesDeps, 'attend'>,
  limits: AttendanceLimits,
): Attendances {
  return createAttendances({ ...deps, attend: (attendance) => attendHttp(deps, attendance) }, limits);
}

/** Has an upstream tell one principal, in the manner of its era. */
async function attendHttp(deps: HttpIntakeDeps, attendance: Attendance): Promise<AttendanceEnd> {
  const era = await deps.eras.current(attendance.signal);
  if (!era.ok) return 'lost';
  return era.value === 'modern' ? attendModern(deps, attendance) : attendLegacy(deps, attendance);
}
