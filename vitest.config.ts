import type { ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = {
  test: {
    environment: 'node',
    include: ['test/**/*.test.ts'],
    // Tests start servers and child processes; more workers than this only makes them wait for each other on a small machine.
    pool: 'forks',
    maxWorkers: 2,
    // A wait that ends here is a hang, not a slow machine. No test measures time against these.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    // On a machine that others use as well, processes and browsers are late now and then. What is wrong is wrong twice.
    retry: process.env['CI'] === undefined ? 0 : 2,
    // A test that checks nothing cannot fail.
    expect: { requireAssertions: true },
    silent: 'passed-only',
  },
};

export default config;
