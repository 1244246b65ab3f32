/** What the layers may do: the linter has nothing to say about these. */
export const CLEAN: readonly (readonly [file: string, code: string])[] = [
  ['src/core/clean.ts', `export type { X } from './policy/clean.ts';\n`],
  [
    'src/core/policy/clean.ts',
    `import { hash } from 'node:crypto';\nimport { Buffer } from 'node:buffer';\nimport { z } from 'zod';\n` +
      `import type { Y } from '../clean-root.ts';\n` +
      `export type X = Y;\nexport const x: string = hash('sha256', Buffer.from([z.number().parse(1)]));\n`,
  ],
  ['src/core/policy/matchers/clean.ts', `export type { X } from '../../policy/clean.ts';\n`],
  ['src/core/clean-root.ts', `export type Y = 1;\n`],
  [
    'src/ports/clean.ts',
    `import type { X } from '../core/policy/clean.ts';\nexport type P = X;\nexport type Later = Promise<X>;\n`,
  ],
  ['src/gateway/clean.ts', `import type { P } from '../ports/clean.ts';\nexport type G = P;\n`],
  [
    'src/gateway/steps/clean.ts',
    `import type { P } from '../../ports/clean.ts';\nimport type { G } from '../clean.ts';\n` +
      `export async function step(p: P, g: G, later: () => Promise<G>): Promise<G> {\n  return p === g ? await later() : g;\n}\n`,
  ],
  [
    'src/config/clean.ts',
    `import { parse } from 'yaml';\nimport type { X } from '../core/policy/clean.ts';\nexport const c: [unknown, X] = [parse('1'), 1];\n`,
  ],
  [
    'src/adapters/http/clean.ts',
    `import type { G } from '../../gateway/clean.ts';\nimport type { D } from './deep/clean.ts';\nexport const now = (): [number, G, D] => [Date.now(), 1, 1];\n`,
  ],
  ['src/adapters/http/deep/clean.ts', `import type { P } from '../../../ports/clean.ts';\nexport type D = P;\n`],
  ['src/cli/clean.ts', `import { c } from '../config/clean.ts';\nconsole.log(c);\n`],
];

/** The other half of the cycle; it is not itself a row. */
export const BESIDE: readonly (readonly [file: string, code: string])[] = [
  [
    'src/adapters/a/cycle-right.ts',
    `import { left } from './cycle-left.ts';\nexport const right: () => number = () => left();\n`,
  ],
];
