import { describe, expect, it } from 'vitest';
import { SCHEMA_FILES } from '../../scripts/write-schemas.ts';
import { CONFIG_SCHEMA } from '../../src/config/config-schema.ts';
import type { FileSchema } from '../../src/config/file-schema.ts';
import { POLICY_CASES_SCHEMA, POLICY_SCHEMA } from '../../src/config/policy-file-schema.ts';
import type { JsonSchema } from '../../src/config/schema-lookup.ts';
import { projectFiles, readProjectFile } from '../support/project-files.ts';

interface Key {
  readonly path: string;
  readonly default: unknown;
  readonly isGroup: boolean;
}

type Described = JsonSchema & { readonly default?: unknown };

/** Every key that a schema knows: `upstreams.NAME.timeouts.call`, `rules[].id`. */
function keysOf(schema: Described, path = ''): Key[] {
  return [schema, ...(schema.anyOf ?? [])].flatMap((each) => {
    const properties = Object.entries(each.properties ?? {}) as [string, Described][];
    const named = properties.flatMap(([key, inner]) => {
      const inside = keysOf(inner, `${path}${path === '' ? '' : '.'}${key}`);
      const isGroup = inside.length > 0 && inner.items === undefined && inner.anyOf === undefined;
      return [{ path: `${path}${path === '' ? '' : '.'}${key}`, default: inner.default, isGroup }, ...inside];
    });
    const items = each.items === undefined ? [] : keysOf(each.items, `${path}[]`);
    const others =
      typeof each.additionalProperties === 'object' ? keysOf(each.additionalProperties, `${path}.NAME`) : [];
    return [...named, ...items, ...others];
  });
}

/** The rows of the tables of a document, by their first cell. */
function rowsOf(document: string): ReadonlyMap<string, string> {
  const rows = [...readProjectFile(document).matchAll(/^\| `([^`]+)` \|([^|]*)\|/gm)];
  return new Map(rows.map(([, key = '', fallback = '']) => [key, fallback.trim()]));
}

const TABLES: readonly [string, string, readonly FileSchema<unknown>[]][] = [
  ['docs/configuration.md', 'configuration', [CONFIG_SCHEMA]],
  ['docs/policy.md', 'policies and their tests', [POLICY_SCHEMA, POLICY_CASES_SCHEMA]],
];

describe.each(TABLES)('%s', (document, _what, schemas) => {
  const rows = rowsOf(document);
  const keys = schemas.flatMap(({ jsonSchema }) => keysOf(jsonSchema));

  it('explains every key', () => {
    // A group is explained by its parts, or by itself.
    const explained = (key: Key): boolean =>
      rows.has(key.path) || (key.isGroup && [...rows.keys()].some((row) => row.startsWith(`${key.path}.`)));
    expect(keys.length).toBeGreaterThan(30);
    expect(keys.filter((key) => !explained(key)).map(({ path }) => path)).toEqual([]);
  });

  it('explains no key that there is not', () => {
    const paths = new Set(keys.map(({ path }) => path));
    expect([...rows.keys()].filter((row) => !paths.has(row))).toEqual([]);
  });

  it('gives the defaults that hold', () => {
    const scalars = keys.filter((key) => ['string', 'number', 'boolean'].includes(typeof key.default));
    expect(scalars.length).toBeGreaterThan(1);
    expect(scalars.map(({ path }) => [path, rows.get(path)])).toEqual(
      scalars.map((key) => [key.path, `\`${String(key.default)}\``]),
    );
  });

  it('names every key that is refused because it is not in this version', () => {
    const [, section = ''] = readProjectFile(document).split('## Not in this version');
    const notYet = schemas.flatMap((schema) => [...schema.notYet]);
    expect(
      notYet.filter(
        (key) =>
          !section.includes(`\`${key.replace('*', 'NAME')}\``) && !section.includes(`\`${key.split('.').at(-1)}\``),
      ),
    ).toEqual([]);
  });
});

describe('schema/', () => {
  it.each([...SCHEMA_FILES])('%s is what the code says; `node scripts/write-schemas.ts` writes it', (name, schema) => {
    expect(JSON.parse(readProjectFile(`schema/${name}`))).toEqual(JSON.parse(JSON.stringify(schema)));
  });

  it('describes every key, because the words are the help of messages', () => {
    const undescribed = (node: Described, path: string): string[] =>
      Object.entries(node.properties ?? {}).flatMap(([key, inner]) => [
        ...(inner.description === undefined ? [`${path}.${key}`] : []),
        ...undescribed(inner, `${path}.${key}`),
        ...(inner.items === undefined ? [] : undescribed(inner.items, `${path}.${key}[]`)),
        ...(typeof inner.additionalProperties === 'object'
          ? undescribed(inner.additionalProperties, `${path}.${key}.NAME`)
          : []),
      ]);
    expect([...SCHEMA_FILES].flatMap(([name, schema]) => undescribed(schema, name))).toEqual([]);
  });
});

describe('.env.example', () => {
  it('lists every environment variable that the programs read', () => {
    const read = projectFiles()
      .filter((file) => /^(?:src|scripts)\/.*\.(?:ts|mjs)$/.test(file))
      .flatMap((file) => [...readProjectFile(file).matchAll(/\benv(?:\['([A-Z_]+)'\]|\.([A-Z_]+)\b)/g)])
      .map(([, quoted, dotted]) => quoted ?? dotted ?? '');
    expect(read).toContain('PATH');
    const listed = new Set([...readProjectFile('.env.example').matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name));
    expect([...new Set(read)].filter((name) => !listed.has(name))).toEqual([]);
  });
});
