/** Calls whose hosts lost their connection and may come back: a loss is no cancellation before 2026-07-28. */
export interface Orphans {
  /** A place until the call ends; `null`: there are too many, and the call must end. INVARIANT: whoever gets one leaves. */
  enter(principal: string): { leave(): void } | null;
}

export interface OrphansLimits {
  readonly orphanedCallsMax: number;
  /** Of one principal: who hangs up on everything must leave upstreams to others. */
  readonly orphanedCallsPerPrincipalMax: number;
}

export function createOrphans(limits: OrphansLimits): Orphans {
  const counts = new Map<string, number>();
  let all = 0;
  return {
    enter(principal) {
      const own = counts.get(principal) ?? 0;
      if (all >= limits.orphanedCallsMax || own >= limits.orphanedCallsPerPrincipalMax) return null;
      counts.set(principal, own + 1);
      all += 1;
      return {
        leave() {
          const left = (counts.get(principal) ?? 1) - 1;
          if (left > 0) counts.set(principal, left);
          else counts.delete(principal);
          all -= 1;
        },
      };
    },
  };
}
