import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AskCapabilities,
  declareCapabilities,
  parseHostCapabilities,
  sharedCapabilities,
} from '../../../src/core/conversation/capabilities.ts';
import type { Json } from '../../../src/core/json/value.ts';
import type { Revision } from '../../../src/core/mcp/revisions.ts';

function declared(value: Json | undefined, revision: Revision): string[] {
  const { extensions, ...asks } = parseHostCapabilities(value, revision);
  return [...Object.entries(asks).flatMap(([name, isOn]) => (isOn ? [name] : [])), ...extensions];
}

describe('what a host declares', () => {
  it.each<[string, Json | undefined, Revision, string[]]>([
    ['nothing at all', undefined, '2025-11-25', []],
    ['nothing', {}, '2026-07-28', []],
    ['a list in place of an object', [], '2026-07-28', []],
    ['elicitation without a mode, which is forms', { elicitation: {} }, '2025-06-18', ['elicitationForm']],
    ['elicitation without a mode, later', { elicitation: {} }, '2025-11-25', ['elicitationForm']],
    ['forms', { elicitation: { form: {} } }, '2026-07-28', ['elicitationForm']],
    ['pages and no forms', { elicitation: { url: {} } }, '2025-11-25', ['elicitationUrl']],
    ['both', { elicitation: { form: {}, url: {} } }, '2026-07-28', ['elicitationForm', 'elicitationUrl']],
    ['pages before there were any', { elicitation: { url: {} } }, '2025-06-18', ['elicitationForm']],
    ['elicitation before there was any', { elicitation: {} }, '2025-03-26', []],
    ['elicitation as a boolean, which some hosts send', { elicitation: true }, '2025-06-18', []],
    ['a page mode that is a boolean', { elicitation: { url: true, form: {} } }, '2026-07-28', ['elicitationForm']],
    ['stray capabilities of servers', { tools: true, prompts: true, resources: 1 }, '2025-06-18', []],
    ['sampling', { sampling: {} }, '2025-03-26', ['sampling']],
    ['sampling with tools', { sampling: { tools: {} } }, '2025-11-25', ['sampling', 'samplingTools']],
    ['sampling with tools before there were any', { sampling: { tools: {} } }, '2025-06-18', ['sampling']],
    ['roots', { roots: { listChanged: true } }, '2025-03-26', ['roots']],
    ['an extension', { extensions: { 'a/b': {}, 'a/c': true } }, '2026-07-28', ['a/b']],
  ])('%s', (_sentence, value, revision, names) => {
    expect(declared(value, revision)).toEqual(names);
  });
});

const capabilities: fc.Arbitrary<AskCapabilities> = fc.record({
  elicitationForm: fc.boolean(),
  elicitationUrl: fc.boolean(),
  sampling: fc.boolean(),
  samplingTools: fc.boolean(),
  roots: fc.boolean(),
  apps: fc.boolean(),
});

it('what is shared is never more than either has, whichever way round', () => {
  fc.assert(
    fc.property(capabilities, capabilities, (one, other) => {
      const shared = sharedCapabilities(one, other);
      for (const name of Object.keys(shared) as (keyof AskCapabilities)[]) {
        expect(shared[name] && !(one[name] && other[name])).toBe(false);
      }
      expect(sharedCapabilities(other, one)).toEqual(shared);
    }),
  );
});

it('what is declared upstream reads back as what it was made of', () => {
  fc.assert(
    fc.property(capabilities, (asks) => {
      const consistent = sharedCapabilities(asks, asks);
      const { extensions: _, ...read } = parseHostCapabilities(declareCapabilities(consistent), '2026-07-28');
      expect(read).toEqual(consistent);
    }),
  );
});
