import { compareAll } from './compare-all.ts';
import { startFixtureWorld } from './fixture-world.ts';
import { renderReport } from './render-report.ts';

// `npm run conformance`: the public conformance suite against the fixture itself, and against the gateway before it in every way that
// an upstream can stand behind it. What is green at the fixture must be green through the gateway.

const world = await startFixtureWorld();
try {
  const report = await compareAll(world);
  process.stdout.write(renderReport(report));
  process.exitCode = report.unknown.length + report.stale.length === 0 ? 0 : 1;
} finally {
  await world.close();
}
