import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { SECRET_DETECTORS } from '../../src/core/content/detectors/built-in.ts';
import { createKnownSecrets } from '../../src/core/content/redact-arguments.ts';
import type { JsonObject } from '../../src/core/json/value.ts';
import { inspectJson, inspectProgress, inspectResult } from '../../src/gateway/steps/inspect-result.ts';
import type { UpstreamResult } from '../../src/ports/upstream.ts';

const GITHUB = `ghp_${'iyxcr1m73849kc0nolx2073atq26maalw6xk'}`;
const OWN = 'the-credential-of-the-gateway';
const CALL = { duties: null, outputSchema: null, upstream: 'notes', callId: 'call_1' };
const deps = { knownSecrets: createKnownSecrets([OWN]), resultDetectors: SECRET_DETECTORS };

function resultOf(value: unknown): UpstreamResult {
  const json = Buffer.from(JSON.stringify(value));
  return { kind: 'result', isError: false, json: [json], jsonBytes: json.length };
}

describe('inspectResult', () => {
  it.each([
    ['a text', { content: [{ type: 'text', text: GITHUB }] }],
    ['an error', { isError: true, content: [{ type: 'text', text: `401 for token ${GITHUB}` }] }],
    ['an embedded resource', { content: [{ type: 'resource', resource: { uri: 'a:b', text: GITHUB } }] }],
    [
      'the bytes of a resource',
      {
        content: [{ type: 'resource', resource: { uri: 'a:b', blob: Buffer.from(`x ${GITHUB}`).toString('base64') } }],
      },
    ],
    [
      'a link',
      { content: [{ type: 'resource_link', uri: `https://x.example/?t=${GITHUB}`, name: 'x', description: GITHUB }] },
    ],
    ['structured content', { content: [], structuredContent: { a: [{ b: { c: GITHUB } }] } }],
    ['the name of a member', { content: [], structuredContent: { [GITHUB]: 1 } }],
    ['_meta', { content: [], _meta: { 'x.example/note': GITHUB } }],
    ['a resource', { contents: [{ uri: 'a:b', text: GITHUB }] }],
    ['the description of a prompt', { description: GITHUB, messages: [] }],
    [
      'a resource in a prompt',
      { messages: [{ role: 'user', content: { type: 'resource', resource: { uri: 'a:b', text: GITHUB } } }] },
    ],
    ['the address of a resource', { contents: [{ uri: `a:b?t=${GITHUB}`, text: 'x' }] }],
    ['a media type', { contents: [{ uri: 'a:b', mimeType: `text/plain; x=${GITHUB}`, text: 'x' }] }],
    ['annotations', { content: [{ type: 'text', text: 'x', annotations: { audience: [GITHUB], note: 'x' } }] }],
    ['completion', { completion: { values: ['main', GITHUB], total: 2 } }],
    ['a name deep down', { content: [], structuredContent: { a: [{ [`x ${GITHUB}`]: null }] } }],
    ['a name in JSON as a text', { content: [{ type: 'text', text: JSON.stringify({ [GITHUB]: [1, 2] }) }] }],
    ['a prompt', { messages: [{ role: 'user', content: { type: 'text', text: GITHUB } }] }],
    ['a member that nobody knows', { content: [], unknown: { deep: [GITHUB] } }],
  ])('takes a secret out of %s', async (_, value) => {
    const { result, note } = await inspectResult(deps, resultOf(value), CALL);
    const text = Buffer.concat(result.json).toString();
    expect(text).not.toContain(GITHUB);
    expect(text).not.toContain(Buffer.from(GITHUB).toString('base64').slice(4, 30));
    expect(text).toContain('[redacted:token]');
    expect(() => JSON.parse(text) as unknown).not.toThrow();
    expect(result.jsonBytes).toBe(Buffer.byteLength(text));
    expect(note).toMatch(/^redacted: [12] token$/);
  });

  it('redacts structured content and the same JSON as a text alike', async () => {
    const structuredContent = { password: 'kq93Zx01pQ', id: 7 };
    const { result } = await inspectResult(
      deps,
      resultOf({ content: [{ type: 'text', text: JSON.stringify(structuredContent) }], structuredContent }),
      CALL,
    );
    const shown = JSON.parse(Buffer.concat(result.json).toString()) as {
      content: [{ text: string }];
      structuredContent: unknown;
    };
    expect(JSON.parse(shown.content[0].text)).toEqual(shown.structuredContent);
  });

  it('looks at the whole of a result, in steps that let other calls in', async () => {
    const text = `${'nothing here. '.repeat(5000)}`;
    const value = {
      content: [...Array.from({ length: 12 }, () => ({ type: 'text', text })), { type: 'text', text: GITHUB }],
    };
    let turns = 0;
    const counting = setInterval(() => (turns += 1), 0);
    const { result } = await inspectResult(deps, resultOf(value), CALL);
    clearInterval(counting);
    expect(Buffer.concat(result.json).toString()).not.toContain(GITHUB);
    expect(turns).toBeGreaterThan(0);
  });

  it('takes one step a turn of many results at once, so that a turn is not the longer for them', async () => {
    const text = `${'nothing here. '.repeat(5000)}`;
    const large = resultOf({ content: Array.from({ length: 12 }, () => ({ type: 'text', text })) });
    const turnsFor = async (count: number): Promise<number> => {
      const inspections = Array.from({ length: count }, () => Promise.resolve(inspectResult(deps, large, CALL)));
      let turns = 0;
      let isOver = false;
      void Promise.all(inspections).then(() => (isOver = true));
      while (!isOver) {
        await new Promise((resolve) => setImmediate(resolve));
        turns += 1;
      }
      return turns;
    };
    const one = await turnsFor(1);
    expect(await turnsFor(8)).toBeGreaterThan(4 * one);
  });

  it('leaves images as they are', async () => {
    const data = Buffer.concat([
      Buffer.from('89504e470d0a1a0a', 'hex'),
      Buffer.from(`password=kq93Zx01pQ ${GITHUB}`),
    ]).toString('base64');
    const clean = resultOf({ content: [{ type: 'image', mimeType: 'image/png', data }] });
    expect((await inspectResult(deps, clean, CALL)).result.json).toEqual(clean.json);
  });

  it('lets everything through but the credentials of the gateway where detectors are off', async () => {
    const off = { ...deps, resultDetectors: [] };
    const { result, note } = await inspectResult(
      off,
      resultOf({ content: [{ type: 'text', text: `${GITHUB} ${OWN}` }] }),
      CALL,
    );
    const text = Buffer.concat(result.json).toString();
    expect([text.includes(GITHUB), text.includes(OWN), note]).toEqual([true, false, null]);
  });

  it.each([
    ['a result', { content: [{ type: 'text', text: `with ${OWN}` }] }],
    ['an error', { isError: true, content: [{ type: 'text', text: `401: ${OWN}` }] }],
    ['the name of a member', { content: [], structuredContent: { a: { [OWN]: 1 } } }],
    ['_meta', { content: [], _meta: { 'x.example/note': { deep: [OWN] } } }],
    ['annotations', { content: [{ type: 'text', text: 'x', annotations: { audience: [OWN] } }] }],
    ['a link', { content: [{ type: 'resource_link', uri: `https://x.example/${OWN}`, name: OWN }] }],
    ['completion', { completion: { values: [OWN] } }],
  ])('takes a credential of the gateway out of %s', async (_, value) => {
    const { result } = await inspectResult({ ...deps, resultDetectors: [] }, resultOf(value), CALL);
    const text = Buffer.concat(result.json).toString();
    expect(text).not.toContain(OWN);
    expect(text).toContain('*'.repeat(OWN.length));
  });

  it.each<[string, JsonObject]>([
    ['the words of a form', { message: `Enter ${GITHUB}, not ${OWN}` }],
    [
      'the schema of a form',
      { requestedSchema: { properties: { x: { title: GITHUB, description: OWN, default: GITHUB } } } },
    ],
    ['a choice of a form', { requestedSchema: { properties: { x: { enum: [GITHUB, OWN] } } } }],
    ['the address of a page', { mode: 'url', url: `https://x.example/?t=${GITHUB}&o=${OWN}`, message: 'x' }],
    ['sampling', { systemPrompt: OWN, messages: [{ role: 'user', content: { type: 'text', text: GITHUB } }] }],
    ['tools for sampling', { tools: [{ name: 'x', description: `${GITHUB} ${OWN}`, inputSchema: {} }] }],
    ['metadata', { metadata: { [GITHUB]: OWN } }],
  ])('takes credentials out of what an upstream asks: %s', (_, params) => {
    const text = JSON.stringify(inspectJson(deps, params, null));
    expect(text).not.toContain(GITHUB);
    expect(text).not.toContain(OWN);
    expect(text).toContain('[redacted:');
  });

  it('looks at messages of progress too', () => {
    const shown = inspectProgress(deps, { progress: 1, total: null, message: `with ${GITHUB} and ${OWN}` }, null);
    expect(shown.message).toBe('with [redacted:token] and [redacted:credential]');
  });
});
