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

/**
 * What is pinned beside tools: the text that an upstream says about itself, and each page of an app. No tool has such a name, because a
 * policy could not speak about one.
 */
export const INSTRUCTIONS_PIN = '*instructions';
export const pagePinName = (uri: string): string => `*${uri}`;
export const isToolPin = ({ tool }: Pick<Pin, 'tool'>): boolean => !tool.startsWith('*');

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
    return pinOf(definition, [...change, ...found], sight);
  });
}

/** A pin for what is no tool, and was not seen before. `signs`: what a scan found in it. */
export function pinOther(definition: ToolDefinition, signs: readonly string[], sight: FirstSight): Pin {
  const why = [...(sight.isKnown(definition.name) ? ['changed'] : []), ...new Set(signs)];
  return pinOf(definition, why, sight);
}

function pinOf({ name, digest, definition }: ToolDefinition, why: readonly string[], sight: FirstSight): Pin {
  return {
    id: pinId(sight.upstream, name, digest),
    upstream: sight.upstream,
    tool: name,
    digest,
    status: why.length === 0 ? 'trusted' : 'pending',
    why,
    definition,
    firstSeenMs: sight.nowMs,
    decidedBy: null,
    decidedMs: null,
  };
}

/** What a scan says and a person need not decide: it misleads nobody about what the tool does. */
const TOLERATED: ReadonlySet<ToolSign> = new Set(['invalid-schema', 'hint-contradicts-name']);
