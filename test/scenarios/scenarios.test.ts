import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Expected, type Scenario, startScenario, type Step } from '../support/run-scenario.ts';

const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.yaml'));

describe.each(files)('%s', (file) => {
  const scenario = parse(readFileSync(`${import.meta.dirname}/${file}`, 'utf8')) as Scenario;

  it(scenario.name, async () => {
    const run = await startScenario(scenario);
    for (const [index, step] of scenario.steps.entries()) {
      const got = await run(step);
      expect(got, `step ${index + 1}: ${JSON.stringify(step)}`).toMatchObject(expectedOf(step));
    }
  });
});

const ASKED = ['reason', 'sameApproval', 'upstreamCalls', 'shown', 'names', 'text'] as const;

function expectedOf(step: Step): object {
  const { expect: outcome, sent }: Expected = step;
  return {
    ...(outcome === undefined ? {} : { outcome }),
    ...(sent === undefined ? {} : { sent: expect.toSatisfy((got: object) => isSame(got, sent)) }),
    ...Object.fromEntries(ASKED.filter((key) => step[key] !== undefined).map((key) => [key, step[key]])),
  };
}

/** Not more than that either: what a policy fills in is all that it fills in. */
function isSame(got: object, wanted: object): boolean {
  expect(got).toEqual(wanted);
  return true;
}
