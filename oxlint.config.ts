import type { OxlintConfig, OxlintOverride } from 'oxlint';

// Directions, purity, and what a reviewer should not have to check by eye. A linter that matches nothing reports success, so
// `test/gates/planted-breach.test.ts` plants a breach of each of these rules and expects it to be found.

/** What the files of one depth of one layer may import. The last pattern that matches a path decides, as in .gitignore. */
interface Layer {
  readonly files: string;
  readonly imports: readonly string[];
  readonly message: string;
}

const NOTHING_BUT = '*';
const PURE_PACKAGES = ['!node:buffer', '!node:crypto', '!node:zlib', '!zod', '!@marcbachmann/cel-js'];
const CORE = 'core imports nothing outside core, save hashes, buffers, unpacking, zod and CEL';
const GATEWAY = 'the gateway imports core and ports only';
const ADAPTER = 'an adapter imports core, ports, gateway and its own folder; never another adapter';
const COMMAND = 'a command imports core, ports, gateway and config; only compose.ts names adapters';

// core <- ports <- gateway <- adapters, cli <- compose <- main. The gate `test/gates/layers.test.ts` draws the same picture from
// resolved paths; these rules say it while one types.
const LAYERS: readonly Layer[] = [
  // Default deny: a folder that is not listed below may import nothing until somebody says where it stands.
  { files: 'src/**', imports: ['*'], message: 'this folder is no layer yet: give it its place in oxlint.config.ts' },
  { files: 'src/core/*.ts', imports: [NOTHING_BUT, '!./**'], message: CORE },
  { files: 'src/core/*/*.ts', imports: [NOTHING_BUT, '!./**', '!../**', '../../**', ...PURE_PACKAGES], message: CORE },
  {
    files: 'src/core/*/*/*.ts',
    imports: [NOTHING_BUT, '!./**', '!../**', '../../../**', ...PURE_PACKAGES],
    message: CORE,
  },
  { files: 'src/ports/*.ts', imports: [NOTHING_BUT, '!./*', '!../core/**'], message: 'ports import core only' },
  { files: 'src/gateway/*.ts', imports: [NOTHING_BUT, '!./**', '!../core/**', '!../ports/*'], message: GATEWAY },
  {
    files: 'src/gateway/*/*.ts',
    imports: [NOTHING_BUT, '!./**', '!../*', '!../*/*', '../../**', '!../../core/**', '!../../ports/*'],
    message: GATEWAY,
  },
  {
    files: 'src/demo/*.ts',
    imports: ['../**', '!../core/**', '!../ports/*', '!../gateway/**'],
    message: 'the demo plays an upstream and an operator: it knows what the commands know',
  },
  { files: 'src/config/*.ts', imports: ['../**', '!../core/**'], message: 'config imports core only' },
  {
    files: 'src/adapters/*/*.ts',
    imports: ['../**', '!../../core/**', '!../../ports/*', '!../../gateway/**'],
    message: ADAPTER,
  },
  {
    files: 'src/adapters/*/*/*.ts',
    imports: ['../../**', '!../../../core/**', '!../../../ports/*', '!../../../gateway/**'],
    message: ADAPTER,
  },
  {
    files: 'src/cli/*.ts',
    imports: ['../**', '!../core/**', '!../ports/*', '!../gateway/**', '!../config/*', '!../demo/*'],
    message: COMMAND,
  },
  {
    files: 'src/compose.ts',
    imports: ['../**', './cli/**', './serve.ts', './main.ts'],
    message: 'the commands and what starts them stand above compose.ts',
  },
  {
    files: 'src/compose/*.ts',
    imports: ['../**', '!../core/**', '!../ports/*', '!../gateway/**', '!../config/*', '!../adapters/**'],
    message: 'a part of the composition root: it knows what compose.ts knows',
  },
  {
    files: 'src/serve.ts',
    imports: ['../**', './adapters/**', './main.ts'],
    message: 'only compose.ts names adapters; main.ts stands above',
  },
  { files: 'src/main.ts', imports: ['../**', './adapters/**'], message: 'only compose.ts names adapters' },
];

// Keeps a path from saying one thing and meaning another. Negated patterns hide those after them, so this one comes first.
const ROUNDABOUT_PATH = {
  regex: String.raw`/\./|^\./\.\.|[^./]/\.\./|/\.\.?$|^[/#]|^(file|data):`,
  message: 'write the path in its shortest relative form',
};

const HASHES_ONLY = {
  name: 'node:crypto',
  allowImportNames: ['createHash', 'createHmac', 'hash', 'timingSafeEqual'],
  message: 'core is pure: hashes, no randomness',
};

const UNPACKING_ONLY = {
  name: 'node:zlib',
  allowImportNames: ['constants', 'gunzipSync', 'inflateRawSync'],
  message: 'core is pure: bytes in, bytes out, in one go',
};

const TIME_AND_CHANCE = ['Date', 'console', 'crypto', 'performance', 'process'];
const WAITING = ['Promise', 'queueMicrotask', 'setImmediate', 'setInterval', 'setTimeout'];

const config: OxlintConfig = {
  plugins: ['typescript', 'import', 'oxc', 'unicorn', 'vitest'],
  options: {
    typeAware: true,
    denyWarnings: true,
    reportUnusedDisableDirectives: 'error',
    respectEslintDisableDirectives: false,
  },
  ignorePatterns: ['/dist', '/coverage', '/data', '/test-output', '/test/fixtures'],
  categories: { correctness: 'error' },
  rules: {
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/switch-exhaustiveness-check': ['error', { requireDefaultForNonUnion: true }],
    'typescript/consistent-type-imports': 'error',
    'typescript/only-throw-error': 'error',
    'typescript/return-await': ['error', 'error-handling-correctness-only'],
    'typescript/prefer-promise-reject-errors': 'error',
    'typescript/ban-ts-comment': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-unsafe-argument': 'error',
    'typescript/no-unsafe-assignment': 'error',
    'typescript/no-unsafe-call': 'error',
    'typescript/no-unsafe-member-access': 'error',
    'typescript/no-unsafe-return': 'error',
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'import/no-dynamic-require': ['error', { esmodule: true }],
    'oxc/no-barrel-file': ['error', { threshold: 0 }],
    'unicorn/filename-case': ['error', { case: 'kebabCase' }],
    'unicorn/no-abusive-eslint-disable': 'error',
    'unicorn/prefer-node-protocol': 'error',
    eqeqeq: 'error',
    'no-console': 'error',
    'no-new-func': 'error',
    'no-param-reassign': 'error',
    'no-proto': 'error',
    'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
    'no-var': 'error',
    'prefer-const': 'error',
    'max-lines': ['error', { max: 400 }],
    // Where one stands in a pattern here, it is there to be refused.
    'no-control-regex': 'off',
  },
  overrides: [
    {
      files: ['src/**'],
      rules: {
        'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
        'typescript/no-non-null-assertion': 'error',
        // `fetch` costs several times what undici's dispatch does, and follows redirects by itself.
        'no-restricted-globals': ['error', { globals: ['fetch'], checkGlobalObject: true }],
      },
    },
    {
      files: ['src/ports/**', 'src/gateway/**'],
      rules: {
        'no-restricted-globals': ['error', { globals: ['fetch', ...TIME_AND_CHANCE], checkGlobalObject: true }],
        'no-restricted-properties': ['error', { object: 'Math', property: 'random' }],
      },
    },
    {
      files: ['src/core/**'],
      rules: {
        'oxc/no-async-await': 'error',
        'no-restricted-globals': [
          'error',
          { globals: ['fetch', 'globalThis', ...TIME_AND_CHANCE, ...WAITING], checkGlobalObject: true },
        ],
        'no-restricted-properties': ['error', { object: 'Math', property: 'random' }],
      },
    },
    ...LAYERS.map(layerOverride),
    { files: ['src/cli/**', 'src/main.ts', 'bench/**', 'scripts/**'], rules: { 'no-console': 'off' } },
    {
      files: ['test/**'],
      rules: {
        // Titles and expectations come from tables; a test without any expectation fails by itself.
        'vitest/no-conditional-expect': 'off',
        'vitest/valid-title': 'off',
        'vitest/expect-expect': ['error', { assertFunctionNames: ['expect', 'expect*'] }],
        // What `expect` is given is compared, not called.
        'typescript/unbound-method': 'off',
      },
    },
    { files: ['*.config.ts'], rules: { 'import/no-default-export': 'off' } },
    {
      // Tests look into answers as they came over the wire, and plain JavaScript has no types to be sure of.
      files: ['test/**', 'bench/**', '**/*.mjs'],
      rules: {
        'typescript/no-unsafe-argument': 'off',
        'typescript/no-unsafe-assignment': 'off',
        'typescript/no-unsafe-call': 'off',
        'typescript/no-unsafe-member-access': 'off',
        'typescript/no-unsafe-return': 'off',
      },
    },
  ],
};

function layerOverride({ files, imports, message }: Layer): OxlintOverride {
  const paths = files.startsWith('src/core/') ? [HASHES_ONLY, UNPACKING_ONLY] : [];
  const patterns = [ROUNDABOUT_PATH, { group: [...imports], message }];
  return { files: [files], rules: { 'no-restricted-imports': ['error', { paths, patterns }] } };
}

export default config;
