import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONFIG_SCHEMA } from '../src/config/config-schema.ts';
import type { JsonSchema } from '../src/config/schema-lookup.ts';
import { GATEWAY_ERRORS, MCP_ERRORS, RPC_ERRORS } from '../src/core/mcp/errors.ts';
import { REASON_CODES } from '../src/core/policy/reasons.ts';
import { fileBytes, projectFiles, readProjectFile } from './support/project-files.ts';

// The repository itself, checked: what a reviewer would otherwise have to remember. Each check lists every offence, with its place.

const FILE_LINES_MAX = 400;
const MEDIAN_LINES_MAX = 120;
const FILE_BYTES_MAX = 500_000;

const files = projectFiles();
/** This file names what it forbids. */
const self = 'test/tidy.test.ts';
const sources = files.filter(
  (file) => /^(src|test|bench|scripts)\/.*\.(ts|mjs)$/.test(file) || /^\w+\.config\.ts$/.test(file),
);
const tests = sources.filter((file) => file.endsWith('.test.ts'));
const texts = files.filter((file) => !file.startsWith('test/fixtures/') && !/\.(png|ico|db|gz)$/.test(file));
const documents = files.filter((file) => file.endsWith('.md'));

/** The project is about the gateway, not about the machine or the people it was written with. */
const WORKSHOP =
  /(?<![\w.])\/(?:work|root)\/|\/tmp\/\w*jobs|\b(?:registry\.npmjs|npmmirror|artifactory)\b|\bCo-Authored-By\b/i;

describe('files', () => {
  it(`have at most ${FILE_LINES_MAX} lines`, () => {
    expect(sources.filter((file) => lineCount(file) > FILE_LINES_MAX)).toEqual([]);
  });

  it(`in src have a median of less than ${MEDIAN_LINES_MAX} lines`, () => {
    const counts = sources.filter((file) => file.startsWith('src/')).map(lineCount);
    expect(median(counts)).toBeLessThan(MEDIAN_LINES_MAX);
  });

  it(`outside test/fixtures have at most ${FILE_BYTES_MAX} bytes`, () => {
    const heavy = files.filter((file) => !file.startsWith('test/fixtures/') && fileBytes(file) > FILE_BYTES_MAX);
    expect(heavy).toEqual([]);
  });

  it('live in folders that say what is in them', () => {
    const nameless = /(^|\/)(utils?|helpers?|common|lib|misc|shared|stuff)\//;
    expect(files.filter((file) => nameless.test(file))).toEqual([]);
  });

  it('leave no work behind', () => {
    expect(
      places(
        sources.filter((file) => file !== self),
        /\b(?:TODO|FIXME|XXX|HACK)\b/,
      ),
    ).toEqual([]);
  });

  it('switch no rule off without a reason', () => {
    const guarded = sources.filter(
      (file) => !file.startsWith('test/gates/') && ![self, 'oxlint.config.ts'].includes(file),
    );
    expect(
      places(guarded, /\b(?:oxlint|eslint|biome|knip|v8)-(?:disable|ignore)\b(?!.* -- \S)|@ts-(?:ignore|nocheck)/),
    ).toEqual([]);
  });

  it('speak of the project alone', () => {
    expect(
      places(
        texts.filter((file) => file !== self),
        WORKSHOP,
      ),
    ).toEqual([]);
  });
});

describe('tests', () => {
  it('all run, or say why not', () => {
    // `context.skip('reason')` prints its reason; the others leave a test out in silence.
    const silent = /\b(?:it|test|describe|suite|bench)\.(?:only|skip|todo|fails|skipIf|runIf)\b|\.skip\(\s*\)/;
    expect(
      places(
        tests.filter((file) => file !== self),
        silent,
      ),
    ).toEqual([]);
  });
});

describe('docs/errors.md', () => {
  it('explains every reason code, and no other', () => {
    expect(firstCells(section('docs/errors.md', 'Reason codes'))).toEqual([...REASON_CODES].toSorted());
  });

  it('explains every error code of JSON-RPC, MCP and the gateway, and no other', () => {
    const codes = [RPC_ERRORS, MCP_ERRORS, GATEWAY_ERRORS].flatMap((group) => Object.values(group)).map(String);
    expect(firstCells(section('docs/errors.md', 'JSON-RPC error codes'))).toEqual(codes.toSorted());
  });
});

describe('settings', () => {
  it('in the configuration file all stand in docs/configuration.md', () => {
    const page = readProjectFile('docs/configuration.md');
    const missing = keysOf(CONFIG_SCHEMA.jsonSchema).filter((key) => !new RegExp(`\\b${key}\\b`).test(page));
    expect(missing).toEqual([]);
  });

  it('in the environment all stand in .env.example and under docs', () => {
    const code = sources.filter((file) => /^(?:src|scripts)\//.test(file));
    const read = new Set(code.flatMap((file) => readProjectFile(file).match(/\bCOUNTERSIGN_[A-Z_]+\b/g) ?? []));
    const example = readProjectFile('.env.example').match(/\bCOUNTERSIGN_[A-Z_]+\b/g) ?? [];
    const pages = documents.filter((file) => file.startsWith('docs/')).map(readProjectFile);
    expect([...read].toSorted()).toEqual([...new Set(example)].toSorted());
    expect(example.filter((name) => !pages.some((page) => page.includes(name)))).toEqual([]);
  });
});

describe('documents', () => {
  it('link only to what is there', () => {
    const broken = documents.flatMap((file) =>
      [...readProjectFile(file).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)]
        .map(([, link]) => link ?? '')
        .filter((link) => !isThere(file, link))
        .map((link) => `${file}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  it('name only folders and files that are there', () => {
    const path =
      /`(?:src\/)?((?:core|ports|gateway|adapters|cli|config|demo|test|bench|deploy|schema|scripts)\/[\w./-]*)`/g;
    const isThereAs = (name: string): boolean =>
      files.some((file) => file === name || file.startsWith(name.replace(/\/?$/, '/')));
    const gone = documents.flatMap((file) =>
      [...readProjectFile(file).matchAll(path)]
        .map(([, name]) => name ?? '')
        .filter((name) => !isThereAs(name) && !isThereAs(`src/${name}`))
        .map((name) => `${file}: ${name}`),
    );
    expect(gone).toEqual([]);
  });

  it('draw every folder of src in docs/architecture.md', () => {
    const page = readProjectFile('docs/architecture.md');
    const folders = new Set(
      files
        .filter((file) => file.startsWith('src/'))
        .map((file) => file.split('/').slice(1, -1))
        .flatMap((names) => names.slice(0, 2)),
    );
    expect([...folders].filter((folder) => !page.includes(`${folder}/`))).toEqual([]);
  });

  it('name each other: every page under docs is reachable from another', () => {
    const linked = new Set(documents.flatMap((file) => linkedFiles(file)));
    expect(documents.filter((file) => file.startsWith('docs/') && !linked.has(file))).toEqual([]);
  });

  it('number the decision records without gaps, each with its state', () => {
    const records = documents.filter((file) => file.startsWith('docs/adr/0')).toSorted();
    expect(records.map((file) => file.slice('docs/adr/'.length, 'docs/adr/0000'.length))).toEqual(
      records.map((_, index) => String(index + 1).padStart(4, '0')),
    );
    expect(
      records.filter(
        (file) => !/^Status: (proposed|accepted|replaced by \S+), \d{4}-\d{2}-\d{2}$/m.test(readProjectFile(file)),
      ),
    ).toEqual([]);
  });

  it('keep the changelog in its form', () => {
    const text = readProjectFile('CHANGELOG.md');
    const versions = [...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title ?? '');
    expect(text.startsWith('# Changelog\n')).toBe(true);
    expect(versions[0]).toBe('[Unreleased]');
    expect(versions.slice(1).filter((title) => !/^\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}$/.test(title))).toEqual([]);
    const kinds = [...text.matchAll(/^### (.*)$/gm)].map(([, title]) => title ?? '');
    expect(kinds.filter((kind) => !/^(Added|Changed|Deprecated|Removed|Fixed|Security)$/.test(kind))).toEqual([]);
  });
});

describe('package.json', () => {
  const manifest = JSON.parse(readProjectFile('package.json')) as {
    readonly version: string;
    readonly dependencies: Readonly<Record<string, string>>;
    readonly devDependencies: Readonly<Record<string, string>>;
  };

  it('pins every version exactly', () => {
    const all = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(all.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });

  it('gives a reason for every runtime dependency in docs/dependencies.md, and for no other', () => {
    const page = section('docs/dependencies.md', 'At run time');
    expect(firstCells(page)).toEqual(Object.keys(manifest.dependencies).toSorted());
  });

  it('gives one for every other dependency as well', () => {
    const page = section('docs/dependencies.md', 'For development');
    const named = [...page.matchAll(/^\| (.+?) \| /gm)].flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)]);
    expect(named.map(([, name = '']) => name).toSorted()).toEqual(Object.keys(manifest.devDependencies).toSorted());
  });

  describe('and its lock', () => {
    const { packages } = JSON.parse(readProjectFile('package-lock.json')) as {
      readonly packages: Record<string, Locked>;
    };
    const locked = Object.entries(packages).filter(([path]) => path !== '');

    it('do not tell where a package was fetched', () => {
      expect(locked.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
    });

    it('hold a hash of all that is installed everywhere', () => {
      const unsure = locked.filter(([, { integrity, optional }]) => integrity === undefined && optional !== true);
      expect(unsure.map(([path]) => path)).toEqual([]);
    });

    it('name the packages of every platform, without which `npm ci` stops where one of them cannot be fetched', () => {
      const missing = locked.flatMap(([path, { optionalDependencies = {} }]) =>
        Object.keys(optionalDependencies).filter(
          (name) => !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages),
        ),
      );
      expect(missing).toEqual([]);
    });
  });
});

interface Locked {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** The names of all keys that a schema knows, at any depth. */
function keysOf({ properties = {}, additionalProperties, items, anyOf = [] }: JsonSchema): string[] {
  const inner = [additionalProperties, items, ...anyOf, ...Object.values(properties)];
  return [...Object.keys(properties), ...inner.flatMap((each) => (typeof each === 'object' ? keysOf(each) : []))];
}

function lineCount(file: string): number {
  return readProjectFile(file).trimEnd().split('\n').length;
}

function median(counts: readonly number[]): number {
  return counts.toSorted((a, b) => a - b)[Math.floor(counts.length / 2)] ?? 0;
}

/** `file:line: text` of every line that matches. */
function places(among: readonly string[], pattern: RegExp): string[] {
  return among.flatMap((file) =>
    readProjectFile(file)
      .split('\n')
      .map((line, index) => ({ line, place: `${file}:${index + 1}: ${line.trim()}` }))
      .filter(({ line }) => pattern.test(line))
      .map(({ place }) => place),
  );
}

/** The text under a heading, down to the next of its rank. */
function section(file: string, heading: string): string {
  const [, rest] = readProjectFile(file).split(`\n## ${heading}\n`);
  if (rest === undefined) throw new Error(`${file} has no heading "${heading}"`);
  return rest.split('\n## ')[0] ?? '';
}

/** What stands in backticks at the beginning of each row of the tables in a text, sorted. */
function firstCells(text: string): string[] {
  return [...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, cell]) => cell ?? '').toSorted();
}

function linkedFiles(file: string): string[] {
  return [...readProjectFile(file).matchAll(/\]\(([^)#\s]+)/g)].map(([, link]) =>
    posix.join(posix.dirname(file), link ?? ''),
  );
}

function isThere(from: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? from : posix.normalize(posix.join(posix.dirname(from), path)).replace(/\/$/, '');
  if (!files.includes(target)) return files.some((file) => file.startsWith(`${target}/`));
  if (anchor === undefined || !target.endsWith('.md')) return true;
  return [...readProjectFile(target).matchAll(/^#+ (.*)$/gm)].some(([, title]) => slug(title ?? '') === anchor);
}

/** The anchor that GitHub gives a heading. */
function slug(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
