import { expect, it } from 'vitest';
import { definitionDigest } from '../../src/core/catalog/definition-digest.ts';
import type { ToolDefinition } from '../../src/core/catalog/tool.ts';
import { createPins } from '../../src/gateway/pins.ts';
import type { PinStore } from '../../src/ports/pin-store.ts';
import { StoreError } from '../../src/ports/store-error.ts';
import { createFixedClock } from '../support/fixed-clock.ts';
import { createMemoryStore } from '../support/memory-store.ts';

// Row 31, node9 61273e7: a file of pins vanished between two looks at it, and what came then was trusted.

const define = (description: string): ToolDefinition => {
  const definition = { name: 'get', description };
  return { name: 'get', definition, digest: definitionDigest(definition) };
};
const create = (store: PinStore) => createPins({ store, clock: createFixedClock(), report: () => undefined });
const gone = (): Promise<never> => Promise.reject(new StoreError('unavailable', 'the file is gone'));

it('pins that cannot be read keep the gateway from starting', async () => {
  await expect(create({ ...createMemoryStore().pins, load: gone })).rejects.toThrow('gone');
});

it('pins that go away while the gateway runs make nothing trusted that was not', async () => {
  const { pins: store } = createMemoryStore();
  const failing = { ...store };
  const pins = await create(failing);
  expect(await pins.screen('tools', 'crm', [define('a')])).toHaveLength(1);
  Object.assign(failing, { load: gone, add: gone, decide: gone });
  expect(await pins.screen('tools', 'crm', [define('b')])).toEqual([]);
  expect(await pins.screen('tools', 'mail', [define('a')])).toEqual([]);
  expect(await pins.screen('tools', 'crm', [define('a')])).toHaveLength(1);
});
