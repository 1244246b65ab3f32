import { hash } from 'node:crypto';
import type { JsonObject } from '../json/value.ts';
import type { DefinitionDigest, ToolDefinition } from './tool.ts';
import { scanTools, type ToolSign } from './scan-tools.ts';

/**
 * `trusted`: hosts see it. `pending`: hidden until a person decides. `rejected`: hidden for good. `replaced`: it was trusted before
 * another definition of the same tool was.
 */
export const PIN_STATUSES = ['trusted', 'pending', 'rejected', 'replaced'] as const;
export type PinStatus = (typeof PIN_STATUSES)[number];

/** One definition of one tool of one upstream, as it was first seen, and what was decided about it. */
export interface Pin {
  /** The same for the same definition, so that nothing is pinned twice. */
  readonly id: string;
  readonly upstream: string;
  readonly tool: string;
  readonly digest: DefinitionDigest;
  readonly status: PinStatus;
  /** Why a person is asked: `new`, `changed`, or what a scan found. Empty for what was trusted at first sight. */
  readonly why: readonly string[];
  readonly definition: JsonObject;
  readonly firstSeenMs: number;
  readonly decidedBy: string | null;
  readonly decidedMs: number | null;
}

export function pinId(upstream: string, tool: string, digest: DefinitionDigest): string {
  return `pin_${hash('sha256', `${upstream}\n${tool}\n${digest}`, 'hex').slice(0, 22)}`;
}

export interface FirstSight {
  readonly upstream: string;
  /** What an upstream lists when nothing of it is pinned yet is trusted, save what the scan finds. */
  readonly isUpstreamNew: boolean;
  readonly nowMs: number;
  /** Whether some definition of this tool is pinned already. */
  readonly isKnown: (tool: string) => boolean;
}

/** Pins for definitions that were not seen before. `all`: the whole list that they stand in, since names are suspicious next to others. */
export function pinUnseen(
  unseen: readonly ToolDefinition[],
  all: readonly ToolDefinition[],
  sight: FirstSight,
): readonly Pin[] {
  const scanned = scanTools(all.map(({ definition }) => definition));
  const signs = new Map(scanned.map(({ findings }, index) => [all[index], findings.map(({ sign }) => sign)]));
  return unseen.map((definition) => {
    const found = [...new Set((signs.get(definition) ?? []).filter((sign) => !TOLERATED.has(sign)))];
    const change = sight.isUpstreamNew ? [] : [sight.isKnown(definition.name) ? 'changed' : 'new'];
    const why = [...change, ...found];
    return {
      id: pinId(sight.upstream, definition.name, definition.digest),
      upstream: sight.upstream,
      tool: definition.name,
      digest: definition.digest,
      status: why.length === 0 ? 'trusted' : 'pending',
      why,
      definition: definition.definition,
      firstSeenMs: sight.nowMs,
      decidedBy: null,
      decidedMs: null,
    };
  });
}

/** What a scan says and a person need not decide: it misleads nobody about what the tool does. */
const TOLERATED: ReadonlySet<ToolSign> = new Set(['invalid-schema', 'hint-contradicts-name']);
