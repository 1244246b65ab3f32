import type { Planted } from './planted.ts';

const GLOBALS = 'eslint(no-restricted-globals)';
const PROPERTIES = 'eslint(no-restricted-properties)';

export const PURITY: readonly Planted[] = [
  ...[
    'new Date()',
    'process.env',
    'performance.now()',
    'crypto.randomUUID()',
    'console',
    'fetch',
    'setTimeout',
    'setImmediate',
  ].map((expression, index) => using(`core uses ${expression}`, `src/core/a/global-${index}.ts`, expression, GLOBALS)),
  using('core uses a clock through globalThis', 'src/core/a/global-this.ts', 'globalThis.Date.now()', GLOBALS),
  using('core waits', 'src/core/a/promise.ts', 'Promise.resolve(1)', GLOBALS),
  using('core uses chance', 'src/core/a/chance.ts', 'Math.random()', PROPERTIES),
  using('core is asynchronous', 'src/core/a/async.ts', 'async () => 1', 'oxc(no-async-await)'),
  using('a port uses a clock', 'src/ports/clock-use.ts', 'Date.now()', GLOBALS),
  using('a step uses a clock', 'src/gateway/steps/clock-use.ts', 'Date.now()', GLOBALS),
  using('a step uses chance', 'src/gateway/steps/chance.ts', 'Math.random()', PROPERTIES),
  using('a step reads the environment', 'src/gateway/steps/environment.ts', 'process.env', GLOBALS),
  using('an adapter uses fetch', 'src/adapters/http/fetch.ts', `fetch('http://localhost')`, GLOBALS),
];

function using(breach: string, file: string, expression: string, rule: string): Planted {
  return {
    breach,
    file,
    code: `export const x: unknown = ${expression};\n`,
    rule,
  };
}
