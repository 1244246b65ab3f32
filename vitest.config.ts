import type { ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = {
  test: {
    environment: 'node',
    include: ['test/**/*.test.ts'],
    // Tests start servers and child processes; more workers than this only makes them wait for each other on a small machine.
    pool: 'forks',
    maxWorkers: 2,
    // The thread of the store strips its types with a WebAssembly program, and where V8 13.6 replaces the wrapper of a function there by a
    // faster one, it crashed now and then (`NativeModule::FreeCode` below `Runtime_TierUpWasmToJSWrapper`). So it never does. What is built
    // has no types to strip.
    execArgv: ['--wasm-wrapper-tiering-budget=1000000000'],
    // A wait that ends here is a hang, not a slow machine. No test measures time against these.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
    // One more chance, in CI alone: where others use the machine as well, a process can be too late even for the times above. It was two while
    // most waits ended after a second, which is the runner's default; whatever fails twice now is wrong.
    retry: process.env['CI'] === undefined ? 0 : 1,
    // A test that checks nothing cannot fail.
    // What is waited for is late on a busy machine, and not wrong: such a wait ends where a hang does.
    expect: { requireAssertions: true, poll: { timeout: 20_000, interval: 20 } },
    silent: 'passed-only',
  },
};

export default config;
