import type { JsonObject } from '../../src/core/json/value.ts';
import { refused, type Seen } from './evasion-world.ts';

/** What somebody without any right sends to get past policy by one method, and what is to be seen of it in each era. */
export interface MethodAttack {
  readonly params: JsonObject;
  readonly legacy: Seen;
  readonly modern: Seen;
}

const NOT_FOUND = -32601;
const unknownTo = {
  legacy: refused(200, NOT_FOUND, 'method_denied'),
  modern: refused(404, NOT_FOUND, 'method_denied'),
};
const served = (...reasons: readonly string[]) => refused(200, null, ...reasons);
const both = (seen: Seen) => ({ legacy: seen, modern: seen });
const unserved = (params: JsonObject = {}): MethodAttack => ({ params, ...unknownTo });
/** Taken with 202, noted in the log where nothing governs it, and of no effect. */
const noted = (params: JsonObject = {}): MethodAttack => ({ params, ...both(refused(202, null, 'method_denied')) });
const taken = { legacy: refused(202, null), modern: refused(202, null, 'method_denied') };

/** A modern host must have declared the extension on the very request. */
const foreignTask = { legacy: refused(200, -32602, 'task_unknown'), modern: refused(400, -32021, 'malformed') };

const REF = { type: 'ref/prompt', name: 'crm__greet' };
const TASK = { taskId: 'tsk_0000000000000000000000' };
const SMUGGLED = { name: 'crm__read_x', uri: 'crm://deals/1', arguments: { a: 1 } };

/**
 * By method, and by no other: a method of the table that has no row here fails the test that reads it. Lists are answered, and empty;
 * what the gateway answers itself is answered, and no upstream hears of it.
 */
export const METHOD_ATTACKS: ReadonlyMap<string, MethodAttack> = new Map<string, MethodAttack>([
  [
    'initialize',
    {
      params: { protocolVersion: '2025-11-25', capabilities: { experimental: { passthrough: true } }, ...SMUGGLED },
      legacy: served('method_allowed'),
      modern: refused(404, NOT_FOUND, 'method_denied'),
    },
  ],
  ['ping', { params: SMUGGLED, legacy: served('method_allowed'), modern: refused(404, NOT_FOUND, 'method_denied') }],
  ['server/discover', { params: SMUGGLED, legacy: unknownTo.legacy, modern: served('method_allowed') }],
  ['notifications/initialized', { params: SMUGGLED, ...taken }],
  ['notifications/cancelled', { params: { requestId: 1 }, ...both(refused(202, null)) }],
  ['notifications/progress', { params: { progressToken: 1, progress: 1 }, ...both(refused(202, null)) }],
  ['notifications/roots/list_changed', { params: SMUGGLED, ...taken }],
  ['tools/list', { params: { cursor: '' }, ...both(refused(200, -32602, 'method_allowed')) }],
  ['tools/call', { params: { name: 'crm__read_x' }, ...both(refused(200, -32602, 'no_rule')) }],
  ['resources/list', { params: {}, ...both(served('method_allowed')) }],
  ['resources/templates/list', { params: {}, ...both(served('method_allowed')) }],
  [
    'resources/read',
    {
      params: { uri: 'crm://deals/1' },
      legacy: refused(200, -32002, 'no_rule'),
      modern: refused(200, -32602, 'no_rule'),
    },
  ],
  [
    'resources/subscribe',
    { params: { uri: 'crm://deals/1' }, legacy: refused(200, -32002, 'no_rule'), modern: unknownTo.modern },
  ],
  [
    'resources/unsubscribe',
    { params: { uri: 'crm://deals/1' }, legacy: served('method_allowed'), modern: unknownTo.modern },
  ],
  [
    'subscriptions/listen',
    {
      params: { notifications: { resourceSubscriptions: ['crm://deals/1'] } },
      legacy: unknownTo.legacy,
      modern: refused(406, -32600, 'malformed'),
    },
  ],
  ['prompts/list', { params: {}, ...both(served('method_allowed')) }],
  ['prompts/get', { params: { name: 'crm__greet' }, ...both(refused(200, -32602, 'no_rule')) }],
  [
    'completion/complete',
    { params: { ref: REF, argument: { name: 'who', value: '' } }, ...both(refused(200, -32602, 'no_rule')) },
  ],
  ['logging/setLevel', { params: { level: 'debug' }, legacy: served('method_allowed'), modern: unknownTo.modern }],
  ['tasks/get', { params: TASK, ...foreignTask }],
  ['tasks/cancel', { params: TASK, ...foreignTask }],
  ['tasks/result', { params: TASK, legacy: refused(200, -32602, 'task_unknown'), modern: unknownTo.modern }],
  ['tasks/list', { params: {}, legacy: served('method_allowed'), modern: unknownTo.modern }],
  ['tasks/update', { params: TASK, legacy: unknownTo.legacy, modern: foreignTask.modern }],
  ['sampling/createMessage', unserved({ messages: [], maxTokens: 1 })],
  ['elicitation/create', unserved({ message: 'hello', requestedSchema: { type: 'object', properties: {} } })],
  ['roots/list', unserved()],
  ['notifications/elicitation/complete', noted({ elicitationId: '1' })],
  ['notifications/message', noted({ level: 'info', data: 'x' })],
  ['notifications/tools/list_changed', noted()],
  ['notifications/prompts/list_changed', noted()],
  ['notifications/resources/list_changed', noted()],
  ['notifications/resources/updated', noted({ uri: 'crm://deals/1' })],
  ['notifications/subscriptions/acknowledged', noted({ notifications: {} })],
  ['notifications/tasks', noted(TASK)],
  ['notifications/tasks/status', noted(TASK)],
]);

/** What no revision knows, and what is experimental: each a method that an upstream may well serve. */
export const UNKNOWN_METHODS: readonly string[] = [
  ...'tools/resolve tools/callMany interceptors/list interceptor/invoke messages/send ui/message ui/open-link'.split(
    ' ',
  ),
  ...'vendor/exec x-vendor/tools/call resources/write resources/delete prompts/create tasks/create rpc.discover'.split(
    ' ',
  ),
  ...'$/cancelRequest initialize/x tools completion notifications __proto__ constructor toString'.split(' '),
];
