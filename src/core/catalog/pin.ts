import { hash } from 'node:crypto';
import { canonicalJson } from '../json/canonical-json.ts';
import type { JsonObject } from '../json/value.ts';
import type { Steps } from '../steps.ts';
import { type Definition, type ListKind, LISTS } from './listed.ts';
import type { DefinitionDigest, ToolDefinition } from './tool.ts';
import { scanToolsInSteps, type ToolSign } from './scan-tools.ts';

/**
 * `trusted`: hosts see it. `pending`: hidden until a person decides. `rejected`: hidden for good. `replaced`: it was trusted before
 * another definition of the same tool was, and is again when the upstream goes back to it.
 */
export const PIN_STATUSES = ['trusted', 'pending', 'rejected', 'replaced'] as const;
export type PinStatus = (typeof PIN_STATUSES)[number];

/** The lists of which every entry is pinned. Resources are no definitions: their list is content, and changes as that does. */
export type PinnedList = Exclude<ListKind, 'resources'>;

/** What a pin can be of. */
export const PIN_KINDS = ['tool', 'prompt', 'template', 'instructions', 'page'] as const;
export type PinKind = (typeof PIN_KINDS)[number];

/**
 * What is pinned beside tools stands under a name that no tool has, because a policy could not speak about one: prompts, resource templates,
 * the text that an upstream says about itself, and each page of an app.
 */
export const INSTRUCTIONS_PIN = '*instructions';
export const pagePinName = (uri: string): string => `*${uri}`;
const PROMPT_PREFIX = '*prompt/';
const TEMPLATE_PREFIX = '*template/';

export function pinKind({ tool }: Pick<Pin, 'tool'>): PinKind {
  if (!tool.startsWith('*')) return 'tool';
  if (tool.startsWith(PROMPT_PREFIX)) return 'prompt';
  if (tool.startsWith(TEMPLATE_PREFIX)) return 'template';
  return tool === INSTRUCTIONS_PIN ? 'instructions' : 'page';
}

/** An entry of a list under the name that it is pinned by. */
export function pinnedEntry(list: PinnedList, definition: Definition): ToolDefinition {
  if (list === 'tools') return definition;
  return { ...definition, name: `${list === 'prompts' ? PROMPT_PREFIX : TEMPLATE_PREFIX}${definition.name}` };
}

/** One definition of one tool of one upstream, as it was first seen, and what was decided about it. */
export interface Pin {
  /** The same for the same definition, so that nothing is pinned twice. */
  readonly id: string;
  readonly upstream: string;
  readonly tool: string;
  readonly digest: DefinitionDigest;
  readonly status: PinStatus;
  /**
   * Why a person is asked: `new`, `changed`, `renamed`, `flip-flopping`, or what a scan found. Empty for what was trusted at first sight.
   * `returned`: the upstream went back to it once.
   */
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
  /** What an upstream lists when nothing of that list is pinned yet is trusted, save what the scan finds. */
  readonly isUpstreamNew: boolean;
  readonly nowMs: number;
  /** Whether some definition of this tool is pinned already. */
  readonly isKnown: (tool: string) => boolean;
}

export interface SeenList {
  readonly list: PinnedList;
  /** The whole list, since names are suspicious next to others; under the names that they are pinned by. */
  readonly all: readonly ToolDefinition[];
  /** Definitions that hosts saw under names that are in the list no longer. */
  readonly gone: readonly Pin[];
  /** Names of tools of other upstreams. */
  readonly foreignTools: ReadonlySet<string>;
}

/** Pins for definitions that were not seen before. With pauses for others, because all of the list is scanned. */
export function* pinUnseen(
  unseen: readonly ToolDefinition[],
  seen: SeenList,
  sight: FirstSight,
): Steps<readonly Pin[]> {
  const { list, all, gone, foreignTools } = seen;
  const scanned = yield* scanToolsInSteps(
    all.map(({ definition }) => definition),
    { form: LISTS[list], foreignTools },
  );
  const signs = new Map(scanned.map(({ findings }, index) => [all[index], findings.map(({ sign }) => sign)]));
  const formerBodies = new Set(gone.map(({ definition }) => bodyOf(definition, list)));
  const changeOf = ({ name, definition }: ToolDefinition): string => {
    if (sight.isKnown(name)) return CHANGED;
    return formerBodies.size > 0 && formerBodies.has(bodyOf(definition, list)) ? RENAMED : NEW;
  };
  return unseen.map((definition) => {
    const found = [...new Set((signs.get(definition) ?? []).filter((sign) => !TOLERATED.has(sign)))];
    return pinOf(definition, [...(sight.isUpstreamNew ? [] : [changeOf(definition)]), ...found], sight);
  });
}

/** Whether a definition is another one under a new name. */
export function isRenamed(pin: Pin, former: Pin): boolean {
  const list = pinKind(pin) === 'template' ? 'templates' : 'tools';
  return pinKind(pin) === pinKind(former) && bodyOf(pin.definition, list) === bodyOf(former.definition, list);
}

function bodyOf(definition: JsonObject, list: PinnedList): string {
  const { [LISTS[list].named]: _name, ...body } = definition;
  return canonicalJson(body);
}

/** A pin for what is no tool, and was not seen before. `signs`: what a scan found in it. */
export function pinOther(definition: ToolDefinition, signs: readonly string[], sight: FirstSight): Pin {
  const why = [...(sight.isKnown(definition.name) ? [CHANGED] : []), ...new Set(signs)];
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

/** Why a person is asked, beside what a scan found. */
const NEW = 'new';
const CHANGED = 'changed';
export const RENAMED = 'renamed';
export const FLIP_FLOPPING = 'flip-flopping';
/** The upstream went back to it once, and nobody need be asked. */
export const RETURNED = 'returned';

/** What a scan says and a person need not decide: it misleads nobody about what the tool does. */
const TOLERATED: ReadonlySet<ToolSign> = new Set(['invalid-schema', 'invalid-header', 'hint-contradicts-name']);
