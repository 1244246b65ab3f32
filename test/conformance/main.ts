import { type Comparison, compareRuns, findStale } from './compare.ts';
import { type FixtureWorld, startFixtureWorld, UPSTREAMS } from './fixture-world.ts';
import { KNOWN_DIFFERENCES } from './known-differences.ts';
import { renderReport } from './render-report.ts';
import { REVISIONS, readScored, runSuite, type SuiteRun } from './run-suite.ts';

// `npm run conformance`: the public conformance suite against the fixture itself, and against the gateway before it in every way that
// an upstream can stand behind it. What is green at the fixture must be green through the gateway.

const world = await startFixtureWorld();
try {
  const comparisons = await compareAll(world);
  const stale = findStale(KNOWN_DIFFERENCES, comparisons);
  process.stdout.write(renderReport(comparisons, stale));
  const isRight = comparisons.every(({ differences }) => differences.every(({ known }) => known !== null));
  process.exitCode = isRight && stale.length === 0 ? 0 : 1;
} finally {
  await world.close();
}

async function compareAll({ directUrl, gatewayUrl }: FixtureWorld): Promise<readonly Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const revision of REVISIONS) {
    const direct = await runSuite(directUrl(revision === '2025-11-25' ? 'legacy' : 'modern'), revision);
    checkDirect(direct, readScored(revision));
    for (const upstream of UPSTREAMS) {
      const through = await runSuite(gatewayUrl(upstream), revision);
      comparisons.push(compareRuns({ upstream, revision, direct, through }, KNOWN_DIFFERENCES));
    }
  }
  return comparisons;
}

/** A fixture that fails proves nothing about a gateway that fails the same. */
function checkDirect({ checks, output }: SuiteRun, scored: ReadonlySet<string>): void {
  const failed = [...checks.values()].filter(({ scenario, status }) => scored.has(scenario) && status === 'FAILURE');
  const reached = new Set([...checks.values()].map(({ scenario }) => scenario));
  const missing = [...scored].filter((scenario) => !reached.has(scenario));
  if (failed.length === 0 && missing.length === 0) return;
  throw new Error(
    `the fixture itself fails: ${failed.map(({ id }) => id).join(', ')} ${missing.join(', ')}\n${output}`,
  );
}
