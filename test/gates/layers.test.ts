import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT } from '../support/project-files.ts';

// The directions of docs/architecture.md, on resolved paths. The linter says the same while one types, but it compares paths as they
// are written and does not look into `import(`…`)`; this looks at where they lead.

/** Which layers a layer may import. A layer that is not here may import nothing, and no one may import it. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: ['core'],
  ports: ['core', 'ports'],
  gateway: ['core', 'ports', 'gateway'],
  config: ['core', 'config'],
  demo: ['core', 'ports', 'gateway', 'demo'],
  cli: ['core', 'ports', 'gateway', 'config', 'demo', 'cli'],
  compose: ['core', 'ports', 'gateway', 'config', 'adapters', 'compose'],
  'compose.ts': ['core', 'ports', 'gateway', 'config', 'adapters', 'demo', 'compose', 'compose.ts'],
  'serve.ts': ['core', 'ports', 'gateway', 'config', 'demo', 'cli', 'compose', 'compose.ts'],
  'main.ts': ['core', 'ports', 'gateway', 'config', 'demo', 'cli', 'compose.ts', 'serve.ts'],
  adapters: ['core', 'ports', 'gateway', 'adapters'],
};

/** Packages and built-in modules for the layers that may not have any they like. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  core: ['node:buffer', 'node:crypto', 'node:zlib', 'zod', '@marcbachmann/cel-js'],
  ports: [],
  gateway: [],
};

const SPECIFIER =
  /(?:^import\s*|^(?:import|export)\b[^'"`;=(]*?\bfrom\s*|\bimport\s*\(\s*|\brequire\s*\(\s*)(['"`])(?<specifier>[^'"`\n]+)\1/gm;
const LATE_IMPORT = /\b(?:import|require)\s*\(\s*(?!['"])/;

interface Import {
  readonly from: string;
  readonly specifier: string;
}

const sources = globSync('src/**/*.ts', { cwd: PROJECT }).map((file) => ({
  file,
  text: readFileSync(join(PROJECT, file), 'utf8'),
}));
const imports: readonly Import[] = sources.flatMap(({ file, text }) => importsOf(file, text));

describe('layers', () => {
  it('are all known', () => {
    const found = new Set(sources.map(({ file }) => layerOf(file)));
    expect([...found].filter((layer) => !(layer in MAY_IMPORT))).toEqual([]);
  });

  it('import in one direction only', () => {
    expect(imports.filter(isBreach).map(({ from, specifier }) => `${from} imports ${specifier}`)).toEqual([]);
  });

  it('leave src only for packages', () => {
    const leaving = imports.filter((one) => isRelative(one) && !target(one).startsWith('src/'));
    expect(leaving).toEqual([]);
  });

  it('name what they import late', () => {
    expect(sources.filter(({ text }) => LATE_IMPORT.test(text)).map(({ file }) => file)).toEqual([]);
  });
});

describe('this test', () => {
  const from = (file: string, text: string): boolean => importsOf(file, text).some(isBreach);

  it.each([
    ['a port', 'src/core/a/b.ts', `import { x } from '../../ports/clock.ts';`],
    ['a port in a type', 'src/core/a/b.ts', `type X = import('../../ports/clock.ts').Clock;`],
    ['a port in a template', 'src/core/a/b.ts', 'await import(`../../ports/clock.ts`);'],
    ['a port by the way round', 'src/core/a/b.ts', `import { x } from '../../core/../ports/clock.ts';`],
    ['a package', 'src/gateway/a.ts', `import { x } from 'undici';`],
    ['another adapter', 'src/adapters/a/b.ts', `import { x } from '../c/d.ts';`],
    ['an adapter from a command', 'src/cli/a.ts', `import '../adapters/a/b.ts';`],
    ['the composition root', 'src/adapters/a/b.ts', `export * from '../../compose.ts';`],
    ['several lines', 'src/core/a.ts', `import {\n  x,\n} from\n  '../ports/clock.ts';`],
  ])('finds %s', (_, file, text) => {
    expect(from(file, text)).toBe(true);
  });

  it.each([
    ['core', 'src/core/a/b.ts', `import { hash } from 'node:crypto';\nimport { x } from '../c/d.ts';`],
    ['a port', 'src/ports/a.ts', `import type { X } from '../core/a/b.ts';`],
    ['the same adapter', 'src/adapters/a/b.ts', `import { x } from './c.ts';\nimport y from 'undici';`],
    ['the composition root', 'src/compose.ts', `import { x } from './adapters/a/b.ts';`],
  ])('lets %s pass', (_, file, text) => {
    expect(from(file, text)).toBe(false);
  });
});

function importsOf(file: string, text: string): Import[] {
  return [...text.matchAll(SPECIFIER)].map((match) => ({ from: file, specifier: match.groups?.['specifier'] ?? '' }));
}

function isBreach(one: Import): boolean {
  const from = layerOf(one.from);
  if (!isRelative(one)) {
    const packages = PACKAGES[from];
    return packages !== undefined && !packages.includes(one.specifier);
  }
  const to = layerOf(target(one));
  if (!(MAY_IMPORT[from] ?? []).includes(to)) return true;
  return from === 'adapters' && to === 'adapters' && adapterOf(one.from) !== adapterOf(target(one));
}

function isRelative({ specifier }: Import): boolean {
  return specifier.startsWith('.') || specifier.startsWith('/');
}

function target({ from, specifier }: Import): string {
  return relative(PROJECT, resolve(PROJECT, dirname(from), specifier));
}

/** The folder under `src`, or the file that stands there alone. */
function layerOf(file: string): string {
  return file.split('/')[1] ?? '';
}

function adapterOf(file: string): string {
  return file.split('/')[2] ?? '';
}
