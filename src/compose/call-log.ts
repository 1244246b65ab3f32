import { createCallLog } from '../adapters/telemetry/call-log.ts';
import type { Config } from '../config/config.ts';
import { createCallLines } from '../core/audit/call-line.ts';
import { observeEntries } from '../gateway/observe-entries.ts';
import type { ApprovalStore } from '../ports/approval-store.ts';
import type { AuditLog } from '../ports/audit-log.ts';

/** The stores as they are, unless a line for each call is wanted: then nothing stands on the way of a call that is not. */
export function logCalls<Stores extends { readonly audit: AuditLog; readonly approvals: ApprovalStore }>(
  { calls }: Config['log'],
  stores: Stores,
  opened: AsyncDisposableStack,
): Stores {
  if (!calls) return stores;
  const log = createCallLog();
  opened.defer(() => log.close());
  return observeEntries(
    stores,
    createCallLines((line) => log.write(line)),
  );
}
