import { expect, it } from 'vitest';
import { ok } from '../../src/core/result.ts';
import { createGatewayRig, person } from '../support/gateway-rig.ts';

// Row 22, ContextForge #5619: what looked at results knew `content[].text`, and not `resource.text`.

const POLICY = `
version: 1
upstream: notes
classes: { read: [get] }
rules:
  - { id: read, who: { any: true }, tools: { class: read }, effect: allow }
`;
const SECRET = `ghp_${'iyxcr1m73849kc0nolx2073atq26maalw6xk'}`;

it.each([
  ['content[].text', { content: [{ type: 'text', text: SECRET }] }],
  ['content[].resource.text', { content: [{ type: 'resource', resource: { uri: 'a:b', text: SECRET } }] }],
  ['content[].resource.uri', { content: [{ type: 'resource', resource: { uri: `a:b?t=${SECRET}`, text: '' } }] }],
  ['content[]._meta', { content: [{ type: 'text', text: '', _meta: { a: SECRET } }] }],
  ['structuredContent', { content: [], structuredContent: { rows: [{ note: SECRET }] } }],
  ['_meta', { content: [], _meta: { a: { b: SECRET } } }],
])('a secret in %s of a result does not reach the host', async (_, value) => {
  const rig = await createGatewayRig({ policies: [POLICY], upstreams: { notes: ['get'] } });
  const json = Buffer.from(JSON.stringify(value));
  const notes = rig.upstreams.get('notes');
  if (notes === undefined) throw new Error('no upstream');
  notes.answer = () => Promise.resolve(ok({ kind: 'result', isError: false, json: [json], jsonBytes: json.length }));
  const answer = await rig.call(person('alice'), 'notes__get');
  expect(JSON.stringify(answer)).not.toContain(SECRET);
  expect(answer.error).toBeNull();
});
