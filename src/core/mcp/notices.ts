import { isJsonObject, type JsonObject } from '../json/value.ts';
import type { TaskId } from '../tasks/task.ts';
import type { RpcId } from './message.ts';

/** The lists that a server can say have changed. */
export const LIST_KINDS = ['tools', 'prompts', 'resources'] as const;
export type ListKind = (typeof LIST_KINDS)[number];

/** What a server tells beside its answers, and the gateway passes on in its own words. */
export type Notice =
  | { readonly kind: 'list-changed'; readonly list: ListKind }
  | { readonly kind: 'resource-updated'; readonly uri: string };

/** What an upstream tells besides: that a person is through with a page that it sent them to. */
export type UpstreamNotice = Notice | { readonly kind: 'page-done'; readonly elicitationId: string };

/** What somebody wants to be told. */
export interface Wish {
  readonly lists: readonly ListKind[];
  readonly resourceUris: readonly string[];
}

/** What a host wants to be told: of its tasks besides, by their ids, or of all that are its own. */
export interface HostWish extends Wish {
  readonly taskIds: readonly TaskId[] | 'own';
}

/** Longer than this is no address but a load. */
export const URI_CHARS_MAX = 2048;

export const META_SUBSCRIPTION_ID = 'io.modelcontextprotocol/subscriptionId';

/** The notice in a notification; `null` for every other one. Nothing of its parameters but the URI or the id is taken. */
export function parseNotice(method: string, params: JsonObject | null): UpstreamNotice | null {
  if (method === 'notifications/elicitation/complete') {
    const elicitationId = params?.['elicitationId'];
    return isElicitationId(elicitationId) ? { kind: 'page-done', elicitationId } : null;
  }
  if (method === 'notifications/resources/updated') {
    const uri = params?.['uri'];
    return isResourceUri(uri) ? { kind: 'resource-updated', uri } : null;
  }
  const list = LIST_OF_METHOD.get(method);
  return list === undefined ? null : { kind: 'list-changed', list };
}

/** Of an upstream: never shown, only found again. */
export function isElicitationId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= ELICITATION_ID_CHARS_MAX;
}

const ELICITATION_ID_CHARS_MAX = 256;

export function isResourceUri(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= URI_CHARS_MAX && value.isWellFormed();
}

/** Which `subscriptions/listen` a notification belongs to; `null` where it names none. */
export function subscriptionIdOf(params: JsonObject | null): unknown {
  const meta = params?.['_meta'];
  return isJsonObject(meta) ? meta[META_SUBSCRIPTION_ID] : null;
}

/** `subscriptionId`: of the `subscriptions/listen` that asked for it; `null` in the legacy era. */
export function encodeNotice(notice: Notice, subscriptionId: RpcId | null): string {
  const meta = subscriptionId === null ? {} : subscriptionMetaOf(subscriptionId);
  if (notice.kind === 'resource-updated') {
    return encode('notifications/resources/updated', { ...meta, uri: notice.uri });
  }
  return encode(`notifications/${notice.list}/list_changed`, meta);
}

/** The first message on a modern stream: what of the wish is granted. */
export function encodeAcknowledgement(granted: HostWish, subscriptionId: RpcId): string {
  const { lists, resourceUris, taskIds } = granted;
  const notifications = {
    ...Object.fromEntries(lists.map((list) => [`${list}ListChanged`, true])),
    ...(resourceUris.length > 0 && { resourceSubscriptions: resourceUris }),
    ...(taskIds.length > 0 && taskIds !== 'own' && { taskIds }),
  };
  return encode('notifications/subscriptions/acknowledged', { ...subscriptionMetaOf(subscriptionId), notifications });
}

const LIST_OF_METHOD: ReadonlyMap<string, ListKind> = new Map(
  LIST_KINDS.map((list) => [`notifications/${list}/list_changed`, list]),
);

export function subscriptionMetaOf(subscriptionId: RpcId): JsonObject {
  return { _meta: { [META_SUBSCRIPTION_ID]: subscriptionId } };
}

function encode(method: string, params: JsonObject): string {
  return JSON.stringify(
    Object.keys(params).length === 0 ? { jsonrpc: '2.0', method } : { jsonrpc: '2.0', method, params },
  );
}
