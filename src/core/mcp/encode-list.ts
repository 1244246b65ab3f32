import { Buffer } from 'node:buffer';
import { LISTS, type ListKind } from '../catalog/listed.ts';
import type { JsonObject } from '../json/value.ts';
import type { RpcId } from './message.ts';
import type { Era } from './revisions.ts';

/** What is said of every list to a modern host. */
export interface ListManners {
  readonly ttlMs: number;
  readonly meta: JsonObject;
}

/** Names the upstreams whose part is missing from a list. */
const META_UNAVAILABLE = 'io.countersign/unavailable';

/**
 * A whole answer around the bytes of a JSON array, which are neither read nor copied. Never `public`: the list was filtered for one
 * principal.
 */
export function encodeList(
  id: RpcId,
  era: Era,
  page: {
    readonly list: ListKind;
    readonly items: Uint8Array;
    readonly nextCursor: string | null;
    readonly unavailable: readonly string[];
  },
  { ttlMs, meta }: ListManners,
): readonly Uint8Array[] {
  const { list, items, nextCursor, unavailable } = page;
  const notes = {
    ...(era === 'modern' && meta),
    ...(unavailable.length > 0 && { [META_UNAVAILABLE]: unavailable }),
  };
  const before = era === 'modern' ? `"resultType":"complete","ttlMs":${ttlMs},"cacheScope":"private",` : '';
  const after = [
    ...(nextCursor === null ? [] : [`,"nextCursor":${JSON.stringify(nextCursor)}`]),
    ...(Object.keys(notes).length === 0 ? [] : [`,"_meta":${JSON.stringify(notes)}`]),
  ].join('');
  return [
    Buffer.from(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{${before}"${LISTS[list].member}":`),
    items,
    Buffer.from(`${after}}}`),
  ];
}
