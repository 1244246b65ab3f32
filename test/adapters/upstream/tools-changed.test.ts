import { expect, it } from 'vitest';
import { createToolsChanged } from '../../../src/adapters/upstream/tools-changed.ts';

it('tells of a change at once, and of thousands that are read together no more than once', async () => {
  const toolsChanged = createToolsChanged();
  let told = 0;
  toolsChanged.add(() => {
    told += 1;
  });
  for (let number = 0; number < 10_000; number += 1) toolsChanged.announce();
  expect(told).toBe(1);
  await new Promise((resolve) => setImmediate(resolve));
  toolsChanged.announce();
  expect(told).toBe(2);
});
