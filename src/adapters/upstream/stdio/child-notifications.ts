import type { Attendance, AttendanceEnd } from '../attendances.ts';
import type { ParamsWriter } from '../rpc/write-params.ts';
import { filterOf, PLAIN_CALL } from '../listen-filter.ts';
import { createSubscriptionSync } from '../subscription-sync.ts';
import { waitMs } from '../wait-ms.ts';
import type { Connection } from './connection.ts';
import type { Processes, ReadyProcess } from './processes.ts';

export interface ChildIntakeDeps {
  readonly processes: Pick<Processes, 'get' | 'runningOf'>;
  /** Who must be told of each new process of a principal, before anybody uses it: what was subscribed to holds there, too. */
  readonly newcomers: Map<string, (process: ReadyProcess) => Promise<void>>;
  readonly modernParams: ParamsWriter;
  readonly requestTimeoutMs: number;
}

/** How often it is looked at whether the process still runs, which also keeps it from being ended as idle. */
const LOOK_MS = 2_000;
/** A request must have an end; then it is made again. */
const LISTEN_MS = 3_600_000;

/** Has a process tell its principal. What it tells comes through its connection like everything else it says. */
export async function attendChild(deps: ChildIntakeDeps, attendance: Attendance): Promise<AttendanceEnd> {
  const { principal, signal } = attendance;
  const owner = { principal, declared: null };
  const found = await deps.processes.get(owner, signal);
  if (!found.ok) return 'lost';
  const { connection, era } = found.value;
  if (era === 'modern') return attendModernChild(deps, attendance, connection);

  const syncs = new Map<Connection, () => Promise<void>>();
  const include = (process: ReadyProcess): Promise<void> => {
    const sync = syncs.get(process.connection) ?? createSync(deps, attendance, process.connection);
    syncs.set(process.connection, sync);
    return sync();
  };
  const includeAll = async (): Promise<void> =>
    void (await Promise.all(deps.processes.runningOf(principal).map(include)));
  deps.newcomers.set(principal, include);
  attendance.onChange(includeAll);
  await includeAll();
  attendance.ready();
  while (!signal.aborted && connection.isOpen()) {
    await waitMs(LOOK_MS, signal);
    if (connection.isOpen()) await deps.processes.get(owner, signal);
  }
  deps.newcomers.delete(principal);
  return 'lost';
}

function createSync({ requestTimeoutMs: timeoutMs }: ChildIntakeDeps, attendance: Attendance, connection: Connection) {
  return createSubscriptionSync(attendance.wish, async (method, uri) => {
    const { signal } = attendance;
    const paramsJson = (): string => JSON.stringify({ uri });
    const answered = await connection.request({ method, paramsJson, timeoutMs, signal, progressGate: null });
    return answered.ok && answered.value.kind === 'result';
  });
}

async function attendModernChild(
  deps: ChildIntakeDeps,
  { signal, wish, onChange, ready }: Attendance,
  connection: Connection,
): Promise<AttendanceEnd> {
  const { modernParams } = deps;
  let isOffered = true;
  let change = new AbortController();
  onChange(async () => {
    const before = change;
    change = new AbortController();
    before.abort();
  });
  while (!signal.aborted && connection.isOpen() && isOffered) {
    const paramsJson = JSON.stringify({ notifications: filterOf(wish()) });
    const asked = connection.request({
      method: 'subscriptions/listen',
      paramsJson: () => modernParams.call({ ...PLAIN_CALL, paramsJson }),
      timeoutMs: LISTEN_MS,
      signal: AbortSignal.any([signal, change.signal]),
      progressGate: null,
    });
    ready();
    const answered = await asked;
    isOffered = !answered.ok || answered.value.kind === 'result';
    // A server that ends each of them at once is not asked in a circle.
    if (answered.ok) await waitMs(LOOK_MS, signal);
  }
  return isOffered ? 'lost' : 'not-offered';
}
