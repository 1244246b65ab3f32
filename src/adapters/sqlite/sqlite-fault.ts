import { StoreError } from '../../ports/store-error.ts';

/** What an error of the database means for those who wait, and for the connection. */
export interface SqliteFault {
  readonly code: StoreError['code'];
  readonly message: string;
  /** The connection cannot be trusted any more: what it holds in memory may differ from the disk. */
  readonly isLasting: boolean;
}

// Primary result codes, sqlite.org/rescode.html.
const BUSY = 5;
const IO_ERROR = 10;
const CORRUPT = 11;
const FULL = 13;
const NOT_A_DATABASE = 26;

export function describeFault(error: unknown): SqliteFault {
  if (error instanceof StoreError) {
    return { code: error.code, message: error.message, isLasting: error.code === 'corrupt' };
  }
  const { errcode, message } = error as { readonly errcode?: number; readonly message?: string };
  // The low byte is the kind of failure, the rest says more precisely which.
  switch ((errcode ?? 0) & 0xff) {
    case FULL:
      return { code: 'unavailable', message: 'the disk of the store is full; make space', isLasting: false };
    case BUSY:
      return { code: 'unavailable', message: 'another program keeps the database locked; end it', isLasting: false };
    case IO_ERROR:
      return {
        code: 'unavailable',
        message: `the disk of the store fails (${message} ${errcode}); check the disk and its file system`,
        isLasting: true,
      };
    case CORRUPT:
    case NOT_A_DATABASE:
      return { code: 'corrupt', message: `the database is damaged (${message}); restore a backup`, isLasting: true };
    default:
      return { code: 'unavailable', message: `the store failed: ${message} (${errcode})`, isLasting: true };
  }
}
