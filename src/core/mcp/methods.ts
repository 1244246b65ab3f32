import type { Era } from './revisions.ts';

/** What the gateway does with a message from a host. Only what is governed ever reaches an upstream. */
export type Handling =
  | 'initialize'
  | 'ping'
  | 'discover'
  /** Governed: filtered for the principal. */
  | 'list-tools'
  | 'list-resources'
  | 'list-templates'
  | 'list-prompts'
  /** Governed: the whole pipeline of a call. */
  | 'call-tool'
  | 'read-resource'
  | 'get-prompt'
  | 'complete'
  /** Governed: a stream of what changes, for a modern host. */
  | 'listen'
  /** Governed: one resource more, or less, that a legacy session hears of. */
  | 'change-subscription'
  /** Governed: what became of a call that its host did not hold the line for. */
  | 'task'
  /** Remembered for the session. */
  | 'set-log-level'
  /** A notification that is taken, and changes nothing. */
  | 'accept'
  /** Told to legacy upstreams that may ask for roots, in the gateway's own words. */
  | 'roots-changed'
  /** Ends a request of the same session that is still running. */
  | 'cancel'
  /** Not offered: `Method not found` to a request, nothing to a notification. */
  | 'deny';

export type MessageKind = 'request' | 'notification';

interface MethodRow {
  readonly kind: MessageKind;
  readonly eras: readonly Era[];
  readonly handling: Handling;
}

const LEGACY: readonly Era[] = ['legacy'];
const MODERN: readonly Era[] = ['modern'];
const BOTH: readonly Era[] = ['legacy', 'modern'];

/**
 * Every method of every revision, with the eras that know it and what governs it when a host sends it. What has no row is denied
 * as well: a method does nothing until somebody has decided what governs it.
 */
export const METHODS: ReadonlyMap<string, MethodRow> = new Map([
  // Opening, and keeping open. Answered here, never forwarded, so none of them is a way to an upstream.
  ['initialize', row('request', LEGACY, 'initialize')],
  ['notifications/initialized', row('notification', LEGACY, 'accept')],
  ['ping', row('request', LEGACY, 'ping')],
  ['server/discover', row('request', MODERN, 'discover')],
  // A modern host cancels by closing the connection; it has no session, so this finds nothing to end.
  ['notifications/cancelled', row('notification', BOTH, 'cancel')],
  ['notifications/progress', row('notification', BOTH, 'accept')],

  ['tools/list', row('request', BOTH, 'list-tools')],
  ['tools/call', row('request', BOTH, 'call-tool')],

  // Resources: reading any URI is a way round the tools, and a subscription discloses for as long as it lives.
  ['resources/list', row('request', BOTH, 'list-resources')],
  ['resources/templates/list', row('request', BOTH, 'list-templates')],
  ['resources/read', row('request', BOTH, 'read-resource')],
  ['resources/subscribe', row('request', LEGACY, 'change-subscription')],
  ['resources/unsubscribe', row('request', LEGACY, 'change-subscription')],
  ['subscriptions/listen', row('request', MODERN, 'listen')],
  // Prompts put an upstream's words into a person's mouth; completion tells which names and records exist.
  ['prompts/list', row('request', BOTH, 'list-prompts')],
  ['prompts/get', row('request', BOTH, 'get-prompt')],
  ['completion/complete', row('request', BOTH, 'complete')],
  // Remembered for the session; whether and how an upstream hears of it is decided with each call.
  ['logging/setLevel', row('request', LEGACY, 'set-log-level')],
  // Concerns upstreams that the operator lets ask for roots, and nobody else.
  ['notifications/roots/list_changed', row('notification', LEGACY, 'roots-changed')],
  // Tasks: a result fetched later, perhaps by somebody else; whose it is, and whether it may still be had, is asked each time.
  ['tasks/get', row('request', BOTH, 'task')],
  ['tasks/cancel', row('request', BOTH, 'task')],
  ['tasks/result', row('request', LEGACY, 'task')],
  ['tasks/list', row('request', LEGACY, 'task')],
  ['tasks/update', row('request', MODERN, 'task')],
  ['notifications/tasks/status', row('notification', LEGACY, 'deny')],

  // Sent by servers only. A host that sends one is confused, or hopes that it is passed on.
  ['sampling/createMessage', row('request', BOTH, 'deny')],
  ['elicitation/create', row('request', BOTH, 'deny')],
  ['roots/list', row('request', BOTH, 'deny')],
  ['notifications/elicitation/complete', row('notification', LEGACY, 'deny')],
  ['notifications/message', row('notification', BOTH, 'deny')],
  ['notifications/tools/list_changed', row('notification', BOTH, 'deny')],
  ['notifications/prompts/list_changed', row('notification', BOTH, 'deny')],
  ['notifications/resources/list_changed', row('notification', BOTH, 'deny')],
  ['notifications/resources/updated', row('notification', BOTH, 'deny')],
  ['notifications/subscriptions/acknowledged', row('notification', MODERN, 'deny')],
  ['notifications/tasks', row('notification', MODERN, 'deny')],
]);

/** What to do with this message; `deny` for whatever the table does not say. Compares the whole name, and its case. */
export function findHandling(method: string, kind: MessageKind, era: Era): Handling {
  const found = METHODS.get(method);
  return found !== undefined && found.kind === kind && found.eras.includes(era) ? found.handling : 'deny';
}

/** Whether the method is one that is answered, so that sending it without an id is a mistake or an attempt, and not a notification. */
export function isRequestMethod(method: string): boolean {
  return METHODS.get(method)?.kind === 'request';
}

function row(kind: MessageKind, eras: readonly Era[], handling: Handling): MethodRow {
  return { kind, eras, handling };
}
