import { describe, expect, it } from 'vitest';
import { err, ok } from '../../src/core/result.ts';
import { type Catalogue, createCatalogue } from '../../src/gateway/catalogue.ts';
import type { Upstream } from '../../src/ports/upstream.ts';
import { createFakeUpstream } from '../support/fake-upstream.ts';
import { createFixedClock } from '../support/fixed-clock.ts';

type Listing = Awaited<ReturnType<Upstream['listTools']>>;
const DOWN: Listing = err({ kind: 'unreachable', dispatched: false, detail: 'no connection' });

/** An upstream whose listings a test answers one by one, and the catalogue before it. */
function createRig() {
  const answers: ((listing: Listing) => void)[] = [];
  const fake = createFakeUpstream('notes', ['get']);
  const upstream: Upstream = { ...fake, listTools: () => new Promise((resolve) => answers.push(resolve)) };
  const catalogue: Catalogue = createCatalogue(createFixedClock(), {
    freshMs: 60_000,
    staleMs: 600_000,
    listTimeoutMs: 60_000,
    waitAgainMs: 10,
    listsMax: 10,
  });
  const good = (): Promise<Listing> => fake.listTools({ principal: 'alice' }, AbortSignal.timeout(1000));
  return { answers, good, tools: (principal: string) => catalogue.list('tools', upstream, principal) };
}

describe('an upstream that failed when it was asked last', () => {
  it('is not waited for again, and is back as soon as it answers', async () => {
    const { answers, good, tools } = createRig();
    const first = tools('alice');
    answers[0]?.(DOWN);
    expect(await first).toEqual(DOWN);

    // It does not answer now; this would hang where anybody waited for it.
    expect(await tools('alice')).toEqual(DOWN);
    expect(await tools('alice')).toEqual(DOWN);
    expect(answers).toHaveLength(2);

    answers[1]?.(await good());
    await expect.poll(async () => (await tools('alice')).ok).toBe(true);
    expect(answers).toHaveLength(2);
  });

  it('is waited for on behalf of somebody else', async () => {
    const { answers, good, tools } = createRig();
    const first = tools('alice');
    answers[0]?.(DOWN);
    await first;
    const other = tools('bob');
    setTimeout(() => void good().then(answers[1]), 30);
    expect(await other).toMatchObject(ok({}));
  });
});
