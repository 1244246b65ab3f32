import { expect, it } from 'vitest';
import { negotiateRevision } from '../../../src/core/mcp/revisions.ts';

it.each([
  ['2025-11-25', '2025-11-25'],
  ['2025-06-18', '2025-06-18'],
  ['2025-03-26', '2025-03-26'],
  ['2024-11-05', '2025-11-25'],
  ['2026-07-28', '2025-11-25'],
  ['2099-01-01', '2025-11-25'],
  ['', '2025-11-25'],
  ['__proto__', '2025-11-25'],
])('a host that asks to initialize %j is answered %s', (requested, answered) => {
  expect(negotiateRevision(requested)).toBe(answered);
});
