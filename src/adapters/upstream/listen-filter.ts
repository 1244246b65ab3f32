import { LIST_KINDS, type Wish } from '../../core/mcp/notices.ts';
import type { CallParams } from './rpc/write-params.ts';

/** Nothing of a call of a host's. */
export const PLAIN_CALL: Omit<CallParams, 'paramsJson'> = {
  progressToken: null,
  traceparent: null,
  declared: '{}',
  logLevel: null,
  round: null,
  taskTtlMs: null,
};

/** The `notifications` of `subscriptions/listen`, as a modern upstream is asked for them. */
export function filterOf({ lists, resourceUris }: Wish): Readonly<Record<string, unknown>> {
  return {
    ...Object.fromEntries(
      LIST_KINDS.filter((list) => lists.includes(list)).map((list) => [`${list}ListChanged`, true]),
    ),
    ...(resourceUris.length > 0 && { resourceSubscriptions: resourceUris }),
  };
}
