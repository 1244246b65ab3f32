import { openSqliteStore } from '../../src/adapters/sqlite/open-store.ts';
import { createFixedClock } from '../support/fixed-clock.ts';

// A process of its own that opens the store named by its first argument, reports `open` or the error, and waits to be killed.

const path = process.argv[2] ?? '';
try {
  await openSqliteStore({ path, clock: createFixedClock() });
  process.send?.('open');
} catch (error) {
  process.send?.(String(error));
}
setInterval(() => undefined, 1000);
