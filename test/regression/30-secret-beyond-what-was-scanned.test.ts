import { expect, it } from 'vitest';
import { ok } from '../../src/core/result.ts';
import { textResult } from '../support/fake-upstream.ts';
import { createGatewayRig, person } from '../support/gateway-rig.ts';

// Row 30, node9 751e788: a scan ended after 100 kB and five levels, said that there was nothing, and the rest was logged.

const POLICY = `
version: 1
upstream: notes
classes: { read: [get] }
rules:
  - { id: read, who: { any: true }, tools: { class: read }, effect: allow }
`;
const SECRET = `ghp_${'iyxcr1m73849kc0nolx2073atq26maalw6xk'}`;

it('a secret behind 150 kB and eight levels deep reaches neither the host nor the log', async () => {
  const rig = await createGatewayRig({ policies: [POLICY], upstreams: { notes: ['get'] } });
  const deep = `${'{"a":['.repeat(8)}"${'x '.repeat(75_000)}${SECRET}"${']}'.repeat(8)}`;
  const notes = rig.upstreams.get('notes');
  if (notes === undefined) throw new Error('no upstream');
  notes.answer = () => Promise.resolve(ok(textResult(deep)));
  const { text } = await rig.call(person('alice'), 'notes__get');
  expect(text).toContain('[redacted:token]');
  expect(text).not.toContain(SECRET);
  const records = await rig.store.audit.read({ limit: 1000, afterSequence: 0 });
  expect(records.map(({ leaf }) => leaf).join('')).not.toContain(SECRET);
});
