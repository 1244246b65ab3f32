import {
  ListPromptsResultSchema,
  ListResourcesResultSchema,
  ListResourceTemplatesResultSchema,
  ListToolsResultSchema,
} from '@modelcontextprotocol/sdk/types.js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonValue } from '../../support/json-arbitraries.ts';
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

const MEMBERS = 'name title description annotations inputSchema outputSchema mimeType size arguments icons _meta'.split(
  ' ',
);
const SCHEMA_WORDS = ['type', 'properties', 'required', '$schema', '$defs', 'readOnlyHint', 'title', 'priority', 'ui'];

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

  const odd: fc.Arbitrary<JsonObject> = fc
    .record(
      Object.fromEntries(
        MEMBERS.map((member) => [
          member,
          fc.oneof(jsonValue, fc.dictionary(fc.constantFrom(...SCHEMA_WORDS), jsonValue)),
        ]),
      ),
      { requiredKeys: [] },
    )
    .map((definition) => definition as JsonObject);

  it('gives hosts what they can read, whatever an upstream lists: one definition takes no other from them', () => {
    fc.assert(
      fc.property(odd, fc.boolean(), (definition, isReadOnly) => {
        const exposure = { name: 'crm://x', rules: PASS_NOTHING, isReadOnly };
        // As it goes over the wire.
        const shown = (kind: ListKind): unknown =>
          JSON.parse(JSON.stringify(exposedListing(kind, definition, exposure)));
        const lists = [
          ListToolsResultSchema.safeParse({ tools: [shown('tools')] }),
          ListResourcesResultSchema.safeParse({ resources: [shown('resources')] }),
          ListResourceTemplatesResultSchema.safeParse({ resourceTemplates: [shown('templates')] }),
          ListPromptsResultSchema.safeParse({ prompts: [shown('prompts')] }),
        ];
        for (const list of lists) expect(list.error?.message).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });
});
