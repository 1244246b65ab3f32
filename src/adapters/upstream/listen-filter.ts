import { LIST_KINDS, type Wish } from '../../core/mcp/notices.ts';

/** The `notifications` of `subscriptions/listen`, as a modern upstream is asked for them. */
export function filterOf({ lists, resourceUris }: Wish): Readonly<Record<string, unknown>> {
  return {
    ...Object.fromEntries(
      LIST_KINDS.filter((list) => lists.includes(list)).map((list) => [`${list}ListChanged`, true]),
    ),
    ...(resourceUris.length > 0 && { resourceSubscriptions: resourceUris }),
  };
}
