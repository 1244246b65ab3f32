import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { secretsIn, startWorld, type World } from '../support/evasion-world.ts';
import type { Host, HostRequest } from '../support/host-request.ts';
import { parseAnswerBody } from '../support/mcp-request.ts';
import { type RawAnswer, sendRaw } from '../support/raw-http.ts';

// What both planes answer to what is wrong: what it is, what to do next, and nothing of what is behind.

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

/** Of the inside: stacks, files, modules, addresses of upstreams, names of our own. */
const INSIDE =
  /\n\s+at |node:|\.ts\b|\.js\b|\/src\/|\/tmp\/|\/home\/|\/root\/|\/work\/|127\.0\.0\.1:\d|sqlite|undici|fastify|\bzod\b|[A-Z]\w*Error\b|E[A-Z]{5,}/;
/** By contract the same words for what is hidden, never and not there, and by JSON-RPC for a method. Nothing else goes without a next step. */
const WITHOUT_NEXT_STEP = ['Unknown tool', 'Unknown prompt', 'Unknown task', 'Resource not found', 'Method not found'];
/** What must be, or what to do. */
const NEXT_STEP =
  /\bmust\b|\b(?:Send|Use|Ask|List|Begin|Answer|Call|Wait|Try|Tell|Leave|See|Name|Say|Take|Declare)\b|leave/;

const leaksIn = (answer: RawAnswer): readonly string[] => [
  ...(INSIDE.exec(answer.text) ?? []).slice(0, 1),
  ...secretsIn(world, answer.text),
];

describe('the MCP plane', () => {
  const MODERN: Host = '2026-07-28';
  const IN_SESSION: Host = '2025-11-25 in a session';
  const READ = { params: { name: 'crm__read_x' } };

  it.each<[string, Host, HostRequest & { readonly verb?: string }, number]>([
    ['no credential', MODERN, { ...READ, token: null, headers: [['Authorization', null]] }, 401],
    ['a token in the query', MODERN, { ...READ, path: '/mcp?access%5Ftoken=x' }, 401],
    ['another path', MODERN, { ...READ, path: '/mpc' }, 404],
    ['an upstream that is not there', MODERN, { ...READ, path: '/mcp/nowhere' }, 404],
    ['another method', MODERN, { ...READ, verb: 'PUT' }, 405],
    ['no media type', MODERN, { ...READ, headers: [['Content-Type', null]] }, 415],
    ['another media type', MODERN, { ...READ, headers: [['Content-Type', 'text/plain']] }, 415],
    ['a packed body', MODERN, { ...READ, headers: [['Content-Encoding', 'gzip']] }, 415],
    ['pages wanted', MODERN, { ...READ, headers: [['Accept', 'text/html']] }, 406],
    ['another host', MODERN, { ...READ, headers: [['Host', 'evil.example']] }, 403],
    ['another origin', MODERN, { ...READ, headers: [['Origin', 'https://evil.example']] }, 403],
    [
      'two credentials',
      MODERN,
      {
        ...READ,
        headers: [
          ['Authorization', 'Bearer x'],
          ['Authorization', 'Bearer y'],
        ],
      },
      400,
    ],
    ['a header with an underscore', MODERN, { ...READ, headers: [['Content_Type', 'x']] }, 400],
    ['no JSON', MODERN, { ...READ, body: '{"jsonrpc"' }, 400],
    ['a name twice', MODERN, { ...READ, body: '{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}' }, 400],
    [
      'a number that would change',
      MODERN,
      { ...READ, body: '{"jsonrpc":"2.0","id":12345678901234567890,"method":"ping"}' },
      400,
    ],
    ['no JSON-RPC', MODERN, { ...READ, body: '{"hello":1}' }, 400],
    ['an array of nothing', MODERN, { ...READ, body: '[]' }, 400],
    [
      'params that are a list',
      MODERN,
      { ...READ, body: '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":[]}' },
      400,
    ],
    ['a header that says another method', MODERN, { ...READ, headers: [['Mcp-Method', 'tools/list']] }, 400],
    ['a revision that nobody speaks', MODERN, { ...READ, headers: [['MCP-Protocol-Version', '1999-01-01']] }, 400],
    ['a method that there is not', MODERN, { method: 'tools/delete' }, 404],
    ['a tool that there is not', MODERN, { params: { name: 'crm__nothing' } }, 200],
    ['a tool of the class never', MODERN, { params: { name: 'crm__delete_x' } }, 200],
    ['no name of a tool', MODERN, { params: {} }, 200],
    ['arguments that are a text', MODERN, { params: { name: 'crm__read_x', arguments: 'x' } }, 200],
    ['a cursor of somebody else', MODERN, { method: 'tools/list', params: { cursor: 'x' } }, 200],
    ['a resource that there is not', MODERN, { method: 'resources/read', params: { uri: 'file:///etc/passwd' } }, 200],
    ['a task that there is not', MODERN, { method: 'tasks/get', params: { taskId: 'x' } }, 400],
    ['a state of its own', MODERN, { params: { ...READ.params, requestState: 'x', inputResponses: {} } }, 200],
    ['a session that there is not', IN_SESSION, { ...READ, headers: [['Mcp-Session-Id', 'x']] }, 404],
    [
      'another revision than that of the session',
      IN_SESSION,
      { ...READ, headers: [['MCP-Protocol-Version', '2025-06-18']] },
      400,
    ],
    ['an answer to nothing', IN_SESSION, { body: '{"jsonrpc":"2.0","id":99,"result":{}}' }, 400],
    [
      'a request without id',
      IN_SESSION,
      { body: '{"jsonrpc":"2.0","method":"tools/call","params":{"name":"crm__read_x"}}' },
      400,
    ],
  ])('says what is wrong with %s, and what to do', async (_, host, { verb, ...request }, status) => {
    const sent = world.request(host, request);
    const answer = await sendRaw(world.gateway.mcpPort, verb === undefined ? sent : { ...sent, method: verb });
    const { error } = parseAnswerBody(answer);
    expect([answer.status, leaksIn(answer)]).toEqual([status, []]);
    const message = error?.message ?? 'no error';
    expect(WITHOUT_NEXT_STEP.includes(message) || NEXT_STEP.test(message) ? [] : message).toEqual([]);
  });

  it.each<[string, HostRequest]>([
    ['no scope', { params: { name: 'crm__export_x' } }],
    ['an argument in no list', { params: { name: 'crm__manage_x', arguments: { action: 'other' } } }],
  ])('says in the result what a person lacks: %s', async (_, request) => {
    const answer = await sendRaw(world.gateway.mcpPort, world.request(MODERN, request));
    const { result } = parseAnswerBody(answer);
    expect(leaksIn(answer)).toEqual([]);
    if (result === undefined) return expect(parseAnswerBody(answer).error?.message).toBe('Unknown tool');
    expect(result).toMatchObject({ isError: true, structuredContent: { nextStep: expect.stringMatching(/\w+\.$/) } });
  });
});

describe('the admin plane', () => {
  it.each<[string, string, string, unknown, number]>([
    ['another path', 'GET', '/api/nothing', undefined, 404],
    ['another method', 'PUT', '/api/approvals', undefined, 405],
    ['an escape in a path', 'GET', '/api/%61pprovals', undefined, 404],
    ['an unknown parameter', 'GET', '/api/approvals?x=1', undefined, 400],
    ['a token in the query', 'GET', '/api/approvals?access_token=x', undefined, 400],
    ['a body that is no JSON', 'POST', '/api/kill-switch', '{', 400],
    ['a body that is a list', 'POST', '/api/kill-switch', [], 400],
    ['an unknown member', 'POST', '/api/kill-switch', { scope: { all: true }, reason: 'x', y: 1 }, 400],
    ['an upstream that is not there', 'POST', '/api/kill-switch', { scope: { upstream: 'cmr' }, reason: 'x' }, 400],
    ['a switch that is not there', 'DELETE', '/api/kill-switch/kill_x', undefined, 404],
    ['a request that is not there', 'GET', '/api/approvals/apr_x', undefined, 404],
    ['approving what is not there', 'POST', '/api/approvals/apr_x/approve', {}, 404],
    ['a token that is not there', 'DELETE', '/api/tokens/tok_x', undefined, 404],
    ['a token for too long', 'POST', '/api/tokens', { user: 'x', ttl: '9999d' }, 400],
    ['an entry that is not there', 'GET', '/api/audit/999999', undefined, 404],
    ['an entry that is no number', 'GET', '/api/audit/x', undefined, 404],
    ['a pin that is not there', 'GET', '/api/pins/pin_x', undefined, 404],
    ['tools of no upstream', 'GET', '/api/upstreams/nowhere/tools', undefined, 404],
    ['a question about nothing', 'POST', '/api/policy/explain', { as: 'x' }, 400],
    ['a body that is too large', 'POST', '/api/kill-switch', { reason: 'x'.repeat(70_000) }, 413],
  ])('says what is wrong with %s, and what to do', async (_, method, path, body, status) => {
    const answer = await world.gateway.admin(method, path, body);
    expect([answer.status, leaksIn(answer)]).toEqual([status, []]);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.json).toMatchObject({
      status,
      detail: expect.stringMatching(/\w/) as string,
      help: expect.stringMatching(/[.?]$/) as string,
    });
  });

  it.each([null, 'csa_x', ''])('says the same of the credential %j as of any other', async (token) => {
    const answer = await world.gateway.admin('GET', '/api/approvals', undefined, token);
    expect([answer.status, leaksIn(answer)]).toEqual([401, []]);
    expect(answer.json['help']).toContain('Authorization: Bearer');
  });
});
