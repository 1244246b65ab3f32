import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json/value.ts';
import {
  encodeAcknowledgement,
  encodeNotice,
  isResourceUri,
  type Notice,
  type UpstreamNotice,
  parseNotice,
  subscriptionIdOf,
} from '../../../src/core/mcp/notices.ts';

const KEY = 'io.modelcontextprotocol/subscriptionId';

describe('a notice', () => {
  it.each<[string, string, JsonObject | null, UpstreamNotice | null]>([
    [
      'of a page',
      'notifications/elicitation/complete',
      { elicitationId: 'p', x: 1 },
      { kind: 'page-done', elicitationId: 'p' },
    ],
    ['of no page', 'notifications/elicitation/complete', { elicitationId: 'p'.repeat(257) }, null],
    ['of the tools', 'notifications/tools/list_changed', null, { kind: 'list-changed', list: 'tools' }],
    ['of the prompts', 'notifications/prompts/list_changed', {}, { kind: 'list-changed', list: 'prompts' }],
    ['of the resources', 'notifications/resources/list_changed', { x: 1 }, { kind: 'list-changed', list: 'resources' }],
    [
      'of one resource',
      'notifications/resources/updated',
      { uri: 'a:1', title: 'x' },
      { kind: 'resource-updated', uri: 'a:1' },
    ],
    ['of no resource', 'notifications/resources/updated', null, null],
    ['of a resource without a name', 'notifications/resources/updated', { uri: '' }, null],
    ['of a resource named by a number', 'notifications/resources/updated', { uri: 1 }, null],
    ['of a resource with half a character', 'notifications/resources/updated', { uri: 'a:\ud800' }, null],
    ['of roots, which is no server’s to send', 'notifications/roots/list_changed', null, null],
    ['in another case', 'notifications/Tools/list_changed', null, null],
    ['that is a log message', 'notifications/message', { level: 'info' }, null],
    ['named like a member of every object', '__proto__', null, null],
  ])('%s', (_what, method, params, notice) => {
    expect(parseNotice(method, params)).toEqual(notice);
  });

  it.each<[Notice, string | number | null, object]>([
    [{ kind: 'list-changed', list: 'tools' }, null, { method: 'notifications/tools/list_changed' }],
    [
      { kind: 'list-changed', list: 'prompts' },
      7,
      { method: 'notifications/prompts/list_changed', params: { _meta: { [KEY]: 7 } } },
    ],
    [
      { kind: 'resource-updated', uri: 'a:1' },
      null,
      { method: 'notifications/resources/updated', params: { uri: 'a:1' } },
    ],
    [
      { kind: 'resource-updated', uri: 'a:\n1' },
      'x',
      { method: 'notifications/resources/updated', params: { _meta: { [KEY]: 'x' }, uri: 'a:\n1' } },
    ],
  ])('%j is written for %j, in one line', (notice, id, message) => {
    const json = encodeNotice(notice, id);
    expect(JSON.parse(json)).toEqual({ jsonrpc: '2.0', ...message });
    expect(json).not.toMatch(/[\r\n]/);
  });

  it('says what is granted, and nothing of the rest', () => {
    const granted = { lists: ['tools', 'resources'], resourceUris: [], taskIds: [] } as const;
    expect(JSON.parse(encodeAcknowledgement(granted, 1))).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/subscriptions/acknowledged',
      params: { _meta: { [KEY]: 1 }, notifications: { toolsListChanged: true, resourcesListChanged: true } },
    });
  });

  it('belongs to the subscription that it names, or to none', () => {
    expect(subscriptionIdOf({ _meta: { [KEY]: 'x' } })).toBe('x');
    for (const params of [null, {}, { _meta: 1 }, { _meta: {} }, { _meta: [] }]) {
      expect(subscriptionIdOf(params) ?? null).toBeNull();
    }
  });

  it('names resources of up to 2048 characters', () => {
    expect([isResourceUri('x'.repeat(2048)), isResourceUri('x'.repeat(2049))]).toEqual([true, false]);
  });
});
