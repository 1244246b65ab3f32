import { hash } from 'node:crypto';
import type { ToolRef } from './tool.ts';

/** Hosts cut or refuse longer names: Cursor counts server and tool together and stops at 60. */
const EXPOSED_NAME_CHARS_MAX = 48;

/** What the operator may call an upstream. Without `_`, the first `__` of an exposed name always ends the upstream's part. */
export const UPSTREAM_NAME: RegExp = /^[a-z0-9][a-z0-9-]{0,19}$/;

export interface ExposedNames {
  readonly byExposedName: ReadonlyMap<string, ToolRef>;
  /** Names that more than one tool claims, or one tool twice. None of them is in `byExposedName`: order must not decide who gets it. */
  readonly collisions: readonly ExposedNameCollision[];
}

export interface ExposedNameCollision {
  readonly exposedName: string;
  readonly refs: readonly ToolRef[];
}

/**
 * The tool's name in the catalogue of all upstreams: `<upstream>__<tool>`, at most 48 characters of `[a-zA-Z0-9_-]`. A tool name
 * that does not fit is cut and ends in `-` and 48 bits of SHA-256 over `<upstream>/<tool>`.
 *
 * INVARIANT: injective, but for a collision of those 48 bits within one upstream, which `buildExposedNames` reports. A plain name
 * never ends like a cut one, because a tool name that does is itself cut.
 */
export function exposedName(ref: ToolRef): string {
  const plain = `${ref.upstream}__${ref.tool}`;
  if (plain.length <= EXPOSED_NAME_CHARS_MAX && PLAIN_TOOL.test(ref.tool) && !CUT_SUFFIX.test(ref.tool)) return plain;

  const suffix = `-${hash('sha256', `${ref.upstream}/${ref.tool}`, 'hex').slice(0, SUFFIX_HEX_CHARS)}`;
  const readable = plain.slice(0, EXPOSED_NAME_CHARS_MAX - suffix.length).replace(NOT_PLAIN, '_');
  return `${readable}${suffix}`;
}

export function buildExposedNames(refs: readonly ToolRef[]): ExposedNames {
  const claims = new Map<string, ToolRef[]>();
  for (const ref of refs) {
    const name = exposedName(ref);
    const sameName = claims.get(name);
    if (sameName === undefined) claims.set(name, [ref]);
    else sameName.push(ref);
  }

  const byExposedName = new Map<string, ToolRef>();
  const collisions: ExposedNameCollision[] = [];
  for (const [name, claimants] of claims) {
    const [only, ...others] = claimants;
    if (only !== undefined && others.length === 0) byExposedName.set(name, only);
    else collisions.push({ exposedName: name, refs: claimants });
  }
  return { byExposedName, collisions };
}

const SUFFIX_HEX_CHARS = 12;
const CUT_SUFFIX = /-[0-9a-f]{12}$/;
const PLAIN_TOOL = /^[a-zA-Z0-9_-]+$/;
const NOT_PLAIN = /[^a-zA-Z0-9_-]/g;
