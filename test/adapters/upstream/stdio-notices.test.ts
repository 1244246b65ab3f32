import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { UpstreamNotice, Wish } from '../../../src/core/mcp/notices.ts';
import { callOf, saidBy, type StdioRig, type StdioRigOptions, startStdioRig } from '../../support/upstream-rig.ts';

// What processes tell beside their answers.

const WISH: Wish = { lists: ['tools'], resourceUris: ['a:1'] };
const NOTHING: Wish = { lists: [], resourceUris: [] };

interface NoticeRig extends StdioRig {
  readonly told: (readonly [UpstreamNotice, string | null])[];
}

function startRig(options: StdioRigOptions): NoticeRig {
  const rig = startStdioRig({ ...options, limits: { attendRetryMs: 30, attendRetryMsMax: 60, ...options.limits } });
  const told: NoticeRig['told'] = [];
  rig.upstream.onNotice((notice, principal) => told.push([notice, principal]));
  return { ...rig, told };
}

const toolCall = (name: string, args: object = {}) =>
  ({ target: { method: 'tools/call', name, paramsJson: JSON.stringify({ name, arguments: args }) } }) as const;

async function heard({ upstream }: NoticeRig, principal: string): Promise<unknown> {
  return saidBy(await upstream.call(callOf(toolCall('asked-to-tell'), principal)));
}

async function until(isDone: () => boolean | Promise<boolean>): Promise<void> {
  await expect.poll(isDone).toBe(true);
}

describe('a process', () => {
  it('is started for who listens, asked in its own way, and heard as theirs', async () => {
    const rig = startRig({});
    await Promise.all(['alice', 'bob'].map((principal) => rig.upstream.attend({ principal }, WISH)));
    expect(rig.starts()).toHaveLength(2);
    expect(await heard(rig, 'alice')).toEqual(['resources/subscribe a:1']);
    await rig.upstream.call(callOf(toolCall('tell-all'), 'alice'));
    await until(() => rig.told.length === 4);
    expect(rig.told).toEqual([
      [{ kind: 'list-changed', list: 'tools' }, 'alice'],
      [{ kind: 'list-changed', list: 'prompts' }, 'alice'],
      [{ kind: 'list-changed', list: 'resources' }, 'alice'],
      [{ kind: 'resource-updated', uri: 'a:1' }, 'alice'],
    ]);
    await rig.upstream.attend({ principal: 'alice' }, NOTHING);
    await sleep(50);
    expect(rig.starts()).toHaveLength(2);
  });

  it('that all share is asked for what any of them wants, and what it tells is everybody’s', async () => {
    const rig = startRig({ shared: true });
    await rig.upstream.attend({ principal: 'alice' }, WISH);
    await rig.upstream.attend({ principal: 'bob' }, { lists: [], resourceUris: ['a:1', 'a:2'] });
    await rig.upstream.attend({ principal: 'alice' }, NOTHING);
    await rig.upstream.attend({ principal: 'bob' }, { lists: [], resourceUris: ['a:2'] });
    expect(rig.starts()).toHaveLength(1);
    expect(await heard(rig, 'carol')).toEqual([
      'resources/subscribe a:1',
      'resources/subscribe a:2',
      'resources/unsubscribe a:1',
    ]);
    await rig.upstream.call(callOf(toolCall('tell-all'), 'alice'));
    await until(() => rig.told.length === 4);
    expect(new Set(rig.told.map(([, principal]) => principal))).toEqual(new Set([null]));
  });

  it('of the modern era is asked with subscriptions/listen, anew for another wish, and told when nobody listens', async () => {
    const rig = startRig({ setting: '2026-07-28', behaviour: { era: 'modern' } });
    await rig.upstream.attend({ principal: 'alice' }, WISH);
    await rig.upstream.attend({ principal: 'alice' }, { lists: ['tools', 'prompts'], resourceUris: [] });
    await rig.upstream.attend({ principal: 'alice' }, NOTHING);
    await until(async () => ((await heard(rig, 'alice')) as string[]).length >= 4);
    expect(await heard(rig, 'alice')).toEqual([
      'subscriptions/listen {"toolsListChanged":true,"resourceSubscriptions":["a:1"]}',
      'notifications/cancelled',
      'subscriptions/listen {"toolsListChanged":true,"promptsListChanged":true}',
      'notifications/cancelled',
    ]);
  });

  it('that ends is started again for who listens, and asked again', async () => {
    const rig = startRig({ limits: { restartDelayMs: 10, restartDelayMaxMs: 20 } });
    await rig.upstream.attend({ principal: 'alice' }, WISH);
    await rig.upstream.call(callOf(toolCall('exit'), 'alice'));
    rig.clock.advance(1000);
    await until(() => rig.starts().length === 2);
    await until(async () => ((await heard(rig, 'alice')) as string[]).length === 1);
    expect(await heard(rig, 'alice')).toEqual(['resources/subscribe a:1']);
  });
});
