import { expect, it } from 'vitest';
import { ASK_NOTHING } from '../../src/core/conversation/ask-rules.ts';
import { parseHostCapabilities } from '../../src/core/conversation/capabilities.ts';
import type { Continuation } from '../../src/core/mcp/continuation.ts';
import { ok } from '../../src/core/result.ts';
import type { AskReply } from '../../src/ports/upstream.ts';
import { textResult } from '../support/fake-upstream.ts';
import { createLimits } from '../../src/gateway/limits.ts';
import { createGatewayRig, type GatewayRig, person } from '../support/gateway-rig.ts';
import { contextFor, quietStream } from '../support/host-context.ts';

// Row 39, GitHub MCP 2025-05: an issue that anybody may write told an agent to read a private repository and to publish what it found in a
// pull request. Each of the three calls was allowed.

const POLICY = `
version: 1
upstream: github
classes: { read: [list_issues, get_file_contents], write: [create_pull_request] }
labels:
  untrusted: [list_issues]
  private: { tools: [get_file_contents], resources: ['repo://**'] }
  external: [create_pull_request]
watch:
  - { on: data-flow, within: 1h, then: require-approval }
rules:
  - { id: read, who: { any: true }, tools: { class: read }, effect: allow }
  - { id: read-repos, who: { any: true }, resources: ['repo://**'], effect: allow }
  - { id: send, who: { any: true }, tools: [create_pull_request], effect: allow, unattended: true }
`;
const alice = person('alice');
const ISSUE = ['github__list_issues', { repo: 'public' }] as const;
const SECRET = ['github__get_file_contents', { repo: 'private' }] as const;
const SEND = ['github__create_pull_request', { repo: 'public', body: 'what I found' }] as const;

const createRig = () =>
  createGatewayRig({
    policies: [POLICY],
    upstreams: { github: ['list_issues', 'get_file_contents', 'create_pull_request'] },
  });

async function run(rig: GatewayRig, ...calls: readonly (readonly [string, Record<string, string>])[]) {
  let last = await rig.call(alice, calls[0]?.[0] ?? '', calls[0]?.[1]);
  for (const [tool, args] of calls.slice(1)) last = await rig.call(alice, tool, args);
  return last;
}

it('the pull request waits for a person, and the decision says why', async () => {
  const rig = await createRig();
  const answer = await run(rig, ISSUE, SECRET, SEND);
  expect(answer.structured).toMatchObject({ status: 'approval_pending' });
  expect(rig.upstreams.get('github')?.seen.map(({ target }) => target.name)).toEqual([
    'list_issues',
    'get_file_contents',
  ]);
  const records = await rig.store.audit.read({ limit: 100, afterSequence: 0 });
  const reasons = records.map(({ leaf }) => (JSON.parse(leaf) as { entry: { reasons?: string[] } }).entry.reasons);
  expect(reasons).toContainEqual(['data_flow']);
});

it.each([
  ['the private repository first', [SECRET, ISSUE, SEND]],
  ['another call between them', [ISSUE, SECRET, ISSUE, SEND]],
])('in any order: %s', async (_, calls) => {
  const rig = await createRig();
  expect((await run(rig, ...calls)).structured).toMatchObject({ status: 'approval_pending' });
});

it.each([
  ['nothing private was read', [ISSUE, SEND]],
  ['nothing untrusted was read', [SECRET, SEND]],
  ['the send came first', [SEND]],
])('it runs where %s', async (_, calls) => {
  const rig = await createRig();
  expect((await run(rig, ...calls)).text).toContain('ran create_pull_request');
});

it('it runs for another person, through another client, and when enough time has gone by', async () => {
  const rig = await createRig();
  await run(rig, ISSUE, SECRET);
  expect((await rig.call(person('bob'), ...SEND)).text).toContain('ran');
  expect((await rig.call(person('alice', { client: 'other-host' }), ...SEND)).text).toContain('ran');
  // Not with another credential, though: that is no other session.
  expect((await rig.call(person('alice', { credentialId: 'tok_2' }), ...SEND)).text).toContain('not executed');
  rig.clock.advance(2 * 3_600_000);
  expect((await rig.call(alice, SEND[0], { body: 'later' })).text).toContain('ran');
});

it('a restart forgets nothing', async () => {
  const rig = await createRig();
  await run(rig, ISSUE, SECRET);
  const limits = await createLimits({ store: rig.store.limits, clock: rig.clock });
  Object.assign(rig.deps, { limits });
  expect((await rig.call(alice, ...SEND)).structured).toMatchObject({ status: 'approval_pending' });
});

it('a resource is private as well, and a result that a rule calls untrusted counts', async () => {
  const rig = await createRig();
  rig.setPolicy([
    POLICY.replace('untrusted: [list_issues]', 'untrusted: []').replace(
      'tools: { class: read }, effect: allow',
      'tools: { class: read }, effect: allow, result: { untrusted: true }',
    ),
  ]);
  await rig.gateway.call({
    context: contextFor({ callId: 'call_r', principal: alice, revision: '2026-07-28' }),
    kind: 'resource',
    exposedName: 'repo://private/file',
    args: {},
    stream: quietStream(false),
    continuation: null,
  });
  expect((await run(rig, ISSUE, SEND)).structured).toMatchObject({ status: 'approval_pending' });
});

it.each(['2025-11-25', '2026-07-28'] as const)(
  'an answer to what the server asks meanwhile is no way round it, in %s',
  async (revision) => {
    const asks = { ...ASK_NOTHING, elicitationForm: true };
    const rig = await createGatewayRig({
      policies: [POLICY],
      upstreams: { github: ['list_issues', 'get_file_contents', 'create_pull_request'] },
      asks,
    });
    const github = rig.upstreams.get('github');
    if (github === undefined) throw new Error('no upstream');
    const { answer } = github;
    const replies: AskReply[] = [];
    github.answer = async (call) => {
      if (call.target.name !== 'create_pull_request') return answer(call);
      const params = {
        message: 'Body?',
        requestedSchema: { type: 'object', properties: { body: { type: 'string' } } },
      };
      const reply = await call.asker?.ask(new Map([['q', { method: 'elicitation/create', params }]]));
      if (reply !== undefined) replies.push(reply);
      return ok(textResult('done'));
    };
    const result = { action: 'accept', content: { body: 'what I found' } };
    const stream = {
      ...quietStream(true),
      ask: async () => {
        await run(rig, ISSUE, SECRET);
        return new Map([['q', { kind: 'answered', result } as const]]);
      },
    };
    const send = (continuation: Continuation | null) =>
      rig.gateway.call({
        context: {
          ...contextFor({ callId: rig.deps.ids.next('call'), principal: alice, revision }),
          capabilities: parseHostCapabilities({ elicitation: {} }, revision),
        },
        kind: 'tool',
        exposedName: SEND[0],
        args: { repo: 'public' },
        stream,
        continuation,
      });
    const first = await send(null);
    if (first.kind === 'input-required') {
      await run(rig, ISSUE, SECRET);
      await send({ requestState: first.requestState, inputResponses: { q: result } });
    }
    await expect.poll(() => replies).toEqual([expect.objectContaining({ kind: 'refused' })]);
  },
);

it('two upstreams are no way round it', async () => {
  const rig = await createGatewayRig({
    policies: [
      POLICY,
      'version: 1\nupstream: mail\nclasses: { write: [send] }\nlabels: { external: [send] }\n' +
        'watch: [{ on: data-flow, within: 1d, then: require-approval }]\n' +
        'rules: [{ id: send, who: { any: true }, tools: [send], effect: allow, unattended: true }]\n',
    ],
    upstreams: { github: ['list_issues', 'get_file_contents', 'create_pull_request'], mail: ['send'] },
  });
  expect((await run(rig, ISSUE, SECRET, ['mail__send', {}])).structured).toMatchObject({ status: 'approval_pending' });
});
