import { type Comparison, compareRuns, type Difference, findStale } from './compare.ts';
import { type FixtureWorld, UPSTREAMS } from './fixture-world.ts';
import { KNOWN_DIFFERENCES, type KnownDifference } from './known-differences.ts';
import { REVISIONS, readScored, runSuite, type SuiteRun } from './run-suite.ts';

export interface ConformanceReport {
  readonly comparisons: readonly Comparison[];
  /** Differences that the list of known ones does not explain. */
  readonly unknown: readonly Difference[];
  /** Entries of that list that are needed no longer. */
  readonly stale: readonly (readonly [KnownDifference, upstream: string])[];
}

/** The suite at both revisions, against the fixture and against the gateway before it in each way that an upstream can stand there. */
export async function compareAll({ directUrl, gatewayUrl }: FixtureWorld): Promise<ConformanceReport> {
  const comparisons: Comparison[] = [];
  for (const revision of REVISIONS) {
    const direct = await runSuite(directUrl(revision === '2025-11-25' ? 'legacy' : 'modern'), revision);
    checkDirect(direct, readScored(revision));
    for (const upstream of UPSTREAMS) {
      await callOnce(gatewayUrl(upstream));
      const through = await runSuite(gatewayUrl(upstream), revision);
      comparisons.push(compareRuns({ upstream, revision, direct, through }, KNOWN_DIFFERENCES));
    }
  }
  const unknown = comparisons.flatMap(({ differences }) => differences.filter(({ known }) => known === null));
  return { comparisons, unknown, stale: findStale(KNOWN_DIFFERENCES, comparisons) };
}

/**
 * What declares other capabilities has another session or process of the upstream. Starting one takes longer than the suite waits for
 * the first event of a call, so it is started before.
 */
async function callOnce(url: string): Promise<void> {
  const name = 'test_simple_text';
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': { elicitation: {} },
  };
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      'MCP-Protocol-Version': '2026-07-28',
      'Mcp-Method': 'tools/call',
      'Mcp-Name': name,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, _meta: meta } }),
  });
  if (!answer.ok) throw new Error(`the gateway does not pass on a call: ${await answer.text()}`);
  await answer.arrayBuffer();
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
