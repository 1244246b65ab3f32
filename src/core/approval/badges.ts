import type { Approval } from './approval.ts';

/** Something about a request that an approver should not overlook. */
export const BADGES = ['first-time', 'changed-definition', 'new-client', 'unusual-hour'] as const;
export type ApprovalBadge = (typeof BADGES)[number];

/** What is known of approvals before this one. */
export interface BadgeFacts {
  readonly lastOfTool: Pick<Approval, 'binding'> | null;
  readonly knowsTool: boolean;
  readonly own: readonly Pick<Approval, 'createdMs' | 'binding'>[];
}

/** So many requests of one person are needed before their hours say anything. */
const HOURS_KNOWN_MIN = 20;
const HOURS_APART_MIN = 2;
const HOUR_MS = 3_600_000;

/**
 * `first-time`: nobody ever approved this tool for this person. `changed-definition`: the tool was another when it was last approved.
 * `new-client`: this person's requests came through other clients so far. `unusual-hour`: none of them, of twenty at least, came within
 * two hours of this time of day.
 */
export function badgesOf(
  { binding, createdMs }: Pick<Approval, 'binding' | 'createdMs'>,
  facts: BadgeFacts,
): readonly ApprovalBadge[] {
  const { lastOfTool, knowsTool, own } = facts;
  const holds: Readonly<Record<ApprovalBadge, boolean>> = {
    'first-time': !knowsTool,
    'changed-definition': lastOfTool !== null && lastOfTool.binding.definitionDigest !== binding.definitionDigest,
    'new-client': own.length > 0 && own.every((each) => each.binding.client !== binding.client),
    'unusual-hour':
      own.length >= HOURS_KNOWN_MIN && own.every((each) => hoursApart(each.createdMs, createdMs) > HOURS_APART_MIN),
  };
  return BADGES.filter((badge) => holds[badge]);
}

/** Between two times of day, whatever their days; round midnight, too. No zone matters to that. */
function hoursApart(aMs: number, bMs: number): number {
  const apart = Math.abs((aMs - bMs) / HOUR_MS) % 24;
  return Math.min(apart, 24 - apart);
}
