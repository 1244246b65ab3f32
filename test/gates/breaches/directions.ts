import type { Planted } from './planted.ts';

const IMPORTS = 'eslint(no-restricted-imports)';

export const DIRECTIONS: readonly Planted[] = [
  importing('core at its root looks out', 'src/core/root.ts', '../ports/clock.ts'),
  importing('core looks at a port', 'src/core/policy/port.ts', '../../ports/clock.ts'),
  importing('core looks at an adapter', 'src/core/policy/adapter.ts', '../../adapters/http/a.ts'),
  importing('deeper core looks at a port', 'src/core/policy/matchers/port.ts', '../../../ports/clock.ts'),
  importing('core looks out of src', 'src/core/policy/out.ts', '../../../test/support/a.ts'),
  importing('core takes a roundabout path', 'src/core/policy/roundabout.ts', './../../ports/clock.ts'),
  importing('core takes another roundabout path', 'src/core/policy/turn.ts', '../identity/../../ports/clock.ts'),
  importing('core reads files', 'src/core/policy/files.ts', 'node:fs'),
  importing('core reads files under the old name', 'src/core/policy/old-files.ts', 'fs/promises'),
  importing('core takes a package', 'src/core/policy/package.ts', 'fastify'),
  importing('ports look at the gateway', 'src/ports/up.ts', '../gateway/gateway.ts'),
  importing('ports take a package', 'src/ports/package.ts', 'zod'),
  importing('the gateway looks at an adapter', 'src/gateway/up.ts', '../adapters/http/a.ts'),
  importing('the gateway reads the configuration', 'src/gateway/config.ts', '../config/load.ts'),
  importing('the gateway takes a package', 'src/gateway/package.ts', 'undici'),
  importing('a step looks at an adapter', 'src/gateway/steps/up.ts', '../../adapters/http/a.ts'),
  importing('a step reads files', 'src/gateway/steps/files.ts', 'node:fs'),
  importing('config looks at the gateway', 'src/config/up.ts', '../gateway/gateway.ts'),
  importing('an adapter looks at another', 'src/adapters/http/beside.ts', '../sqlite/a.ts'),
  importing('a deeper adapter file looks at another', 'src/adapters/http/deep/beside.ts', '../../sqlite/a.ts'),
  importing('an adapter reads the configuration', 'src/adapters/http/config.ts', '../../config/load.ts'),
  importing('an adapter looks at the composition root', 'src/adapters/http/root.ts', '../../compose.ts'),
  importing('a command names an adapter', 'src/cli/adapter.ts', '../adapters/http/a.ts'),
  importing('a command looks at the composition root', 'src/cli/root.ts', '../compose.ts'),
  importing('the composition root looks at a command', 'src/compose.ts', './cli/up.ts'),
  importing('the demo names an adapter', 'src/demo/a.ts', '../adapters/http/a.ts'),
  importing('what starts the gateway names an adapter', 'src/serve.ts', './adapters/http/a.ts'),
  importing('main names an adapter', 'src/main.ts', './adapters/http/a.ts'),
  importing('a folder that nobody gave a place imports', 'src/elsewhere/a.ts', '../core/result.ts'),
  { breach: 'a re-export', file: 'src/core/a/re.ts', code: `export { x } from '../../ports/clock.ts';`, rule: IMPORTS },
  {
    breach: 'a type import',
    file: 'src/core/a/type.ts',
    code: `export type { X } from '../../ports/x.ts';`,
    rule: IMPORTS,
  },
  {
    breach: 'an import for its effect',
    file: 'src/core/a/effect.ts',
    code: `import '../../ports/clock.ts';`,
    rule: IMPORTS,
  },
  { breach: 'a late import', file: 'src/core/a/late.ts', code: `void import('../../ports/clock.ts');`, rule: IMPORTS },
  {
    breach: 'an import inside a type',
    file: 'src/core/a/inside.ts',
    code: `export type X = import('../../ports/clock.ts').Clock;`,
    rule: 'typescript(consistent-type-imports)',
  },
  {
    breach: 'an import of a computed path',
    file: 'src/adapters/http/computed.ts',
    code: `export const load = (name: string): Promise<unknown> => import(name);`,
    rule: 'import(no-dynamic-require)',
  },
  {
    breach: 'core takes randomness from the hash module',
    file: 'src/core/a/random-bytes.ts',
    code: `import { hash, randomBytes } from 'node:crypto';\nexport const x: string = hash('sha256', randomBytes(8));`,
    rule: IMPORTS,
  },
  {
    breach: 'core unpacks at some later time',
    file: 'src/core/a/gunzip-later.ts',
    code: `import { gunzip } from 'node:zlib';\nexport const x: string = gunzip.name;`,
    rule: IMPORTS,
  },
  {
    breach: 'core takes the whole hash module',
    file: 'src/core/a/whole.ts',
    code: `import * as crypto from 'node:crypto';\nexport const x: string = crypto.hash('sha256', 'a');`,
    rule: IMPORTS,
  },
];

function importing(breach: string, file: string, specifier: string): Planted {
  return {
    breach,
    file,
    code: `import { x } from '${specifier}';\nexport const y: number = x;\n`,
    rule: IMPORTS,
  };
}
