/** Legacy revisions open with `initialize`; modern ones say everything on each request and have no session. */
export type Era = 'legacy' | 'modern';

/** Oldest first. */
export const LEGACY_REVISIONS = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'] as const;
export const MODERN_REVISIONS = ['2026-07-28'] as const;

export type LegacyRevision = (typeof LEGACY_REVISIONS)[number];
export type ModernRevision = (typeof MODERN_REVISIONS)[number];
export type Revision = LegacyRevision | ModernRevision;

const NEWEST_LEGACY: LegacyRevision = '2025-11-25';

/** The only transport of 2024-11-05 is HTTP+SSE, which is not served, so a host that asks for it is offered the newest instead. */
const WITHOUT_STREAMABLE_HTTP: LegacyRevision = '2024-11-05';

export function isLegacyRevision(text: string): text is LegacyRevision {
  return (LEGACY_REVISIONS as readonly string[]).includes(text);
}

export function isModernRevision(text: string): text is ModernRevision {
  return (MODERN_REVISIONS as readonly string[]).includes(text);
}

/** What `initialize` answers: never a modern revision, because a legacy host could not speak it. */
export function negotiateRevision(requested: string): LegacyRevision {
  return isLegacyRevision(requested) && requested !== WITHOUT_STREAMABLE_HTTP ? requested : NEWEST_LEGACY;
}
