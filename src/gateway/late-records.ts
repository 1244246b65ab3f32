import type { OperatorReport } from './deps.ts';
import { StoreError } from '../ports/store-error.ts';

/**
 * Records what already happened. When the store fails just then, the host does not get the result, and the entry is tried again until
 * it is stored: a dispatch has its outcome entry also after a full disk. A crash before that leaves it to the store's recovery.
 */
export interface LateRecords {
  /** `false`: not stored yet. */
  record(callId: string, write: () => Promise<unknown>): Promise<boolean>;
  /** Tries what is late once more, before the store closes. What is not stored then is reported, and left to recovery at the next start. */
  close(): Promise<void>;
}

/** Outcomes waiting for the store. Beyond this, recovery at the next start records them as unknown. */
const LATE_RECORDS_MAX = 10_000;
const RETRY_MS = 1000;

export function createLateRecords(report: (problem: OperatorReport) => void): LateRecords {
  const late: (() => Promise<unknown>)[] = [];
  let timer: NodeJS.Timeout | null = null;
  let retrying: Promise<void> | null = null;
  let isClosed = false;

  /** One at a time: a second one beside it would store the first outcome twice and drop the next one unstored. */
  function retry(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    return (retrying ??= storeLate().finally(() => {
      retrying = null;
      schedule();
    }));
  }

  async function storeLate(): Promise<void> {
    try {
      while (late[0] !== undefined) {
        await late[0]();
        late.shift();
      }
    } catch (error) {
      if (!(error instanceof StoreError)) {
        report({ callId: null, problem: 'an outcome cannot be recorded and was given up', error });
        late.shift();
      }
    }
  }

  function schedule(): void {
    if (late.length > 0 && retrying === null && !isClosed) timer ??= setTimeout(() => void retry(), RETRY_MS).unref();
  }

  return {
    async record(callId, write) {
      try {
        await write();
        return true;
      } catch (error) {
        const problem = `the outcome of a call could not be recorded${isClosed ? '' : ' yet'}`;
        report({ callId, problem, error });
        if (error instanceof StoreError && late.length < LATE_RECORDS_MAX) late.push(write);
        schedule();
        return false;
      }
    },
    async close() {
      isClosed = true;
      await retrying;
      if (late.length > 0) await retry();
      if (late.length === 0) return;
      const problem = `${late.length} outcomes are not stored; the next start records that they are unknown`;
      report({ callId: null, problem });
      late.length = 0;
    },
  };
}
