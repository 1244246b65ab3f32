import { describe, expect, it } from 'vitest';
import { exposedListing } from '../../../src/core/catalog/exposed-listing.ts';
import { PASS_NOTHING } from '../../../src/core/content/pass-rules.ts';
import type { ListKind } from '../../../src/core/catalog/listed.ts';
import type { JsonObject } from '../../../src/core/json/value.ts';

/** What no list passes on, whatever it is a list of. */
const HIDDEN: JsonObject = {
  icons: [{ src: 'https://evil.example/i.png' }],
  _meta: { ui: { resourceUri: 'ui://x' } },
  execution: { taskSupport: 'required' },
  vendor: 'x',
};

describe('exposedListing', () => {
  it.each<readonly [ListKind, string, JsonObject, JsonObject]>([
    [
      'resources',
      'crm://1',
      {
        uri: 'crm://1',
        name: 'a',
        title: 'A',
        description: 'b',
        mimeType: 'text/plain',
        size: 1,
        annotations: { priority: 1 },
      },
      {},
    ],
    [
      'templates',
      'crm://{id}',
      { uriTemplate: 'crm://{id}', name: 'a', title: 'A', description: 'b', mimeType: 'x/y', annotations: {} },
      { size: 1 },
    ],
    [
      'prompts',
      'crm__greet',
      { name: 'crm__greet', title: 'A', description: 'b', arguments: [{ name: 'who', required: true }] },
      {},
    ],
    ['prompts', 'crm__plain', { name: 'crm__plain' }, { arguments: 'none' }],
  ])('%s: %s with what is understood, and nothing else', (kind, name, shown, odd) => {
    expect(
      exposedListing(
        kind,
        { ...HIDDEN, ...odd, ...shown, ...(kind === 'prompts' && { name: 'greet' }) },
        { name, rules: PASS_NOTHING, isReadOnly: true },
      ),
    ).toEqual(shown);
  });

  it('arguments of a prompt lose what is no member of theirs, and what is no argument', () => {
    const args = [{ ...HIDDEN, name: 'who', title: 'W', description: 'd' }, 'x', null];
    expect(
      exposedListing(
        'prompts',
        { name: 'greet', arguments: args },
        { name: 'greet', rules: PASS_NOTHING, isReadOnly: true },
      ),
    ).toEqual({
      name: 'greet',
      arguments: [{ name: 'who', title: 'W', description: 'd' }],
    });
  });
});
