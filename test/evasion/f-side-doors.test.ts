import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json/value.ts';
import {
  attack,
  attackAndAnswer,
  CRM_POLICY,
  MAIL_POLICY,
  type PersonName,
  refused,
  startWorld,
  type World,
} from '../support/evasion-world.ts';
import { HOSTS, type Host } from '../support/host-request.ts';
import { parseAnswerBody } from '../support/mcp-request.ts';
import { TRANSPORTS } from '../support/recording-upstream.ts';

// Class F: ways round tools/call. Whoever may call tools may not, for that, read resources, take prompts or have values suggested.

const CRM = `${CRM_POLICY}
  - { id: deals, who: { groups: [staff] }, resources: ['crm://deals/**'], effect: allow, completion: true }
  - { id: no-secrets, who: { groups: [staff] }, resources: ['crm://deals/secret/**'], effect: deny, reason: canary-reason }
  - { id: vault, who: { groups: [staff] }, resources: ['crm://vault/*'], effect: approve }
  - { id: shared, who: { groups: [staff] }, resources: ['shared://notes/*'], effect: allow }
  - { id: greet, who: { groups: [staff] }, prompts: [greet], effect: allow }
  - { id: finish, who: { groups: [staff] }, prompts: [finish], effect: allow, completion: true }
`;
const MAIL = `${MAIL_POLICY}
  - { id: shared, who: { any: true }, resources: ['shared://notes/*'], effect: allow }
`;

const notFound = (host: Host): number => (host === '2026-07-28' ? -32602 : -32002);
const complete = (ref: JsonObject): JsonObject => ({ ref, argument: { name: 'who', value: 'a' } });

describe.each(TRANSPORTS)('before an upstream over %s', (transport) => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ transport, policies: { 'crm.yaml': CRM, 'mail.yaml': MAIL } });
    world.canaries.push('canary-reason');
    // Lists are known before anything is counted: what follows must not even make an upstream be asked for them.
    for (const method of ['resources/list', 'resources/templates/list', 'prompts/list']) {
      for (const path of ['/mcp', '/mcp/crm', '/mcp/mail']) {
        await world.send(world.request('2026-07-28', { method, path }));
      }
    }
  });
  afterAll(() => world.close());

  const hosts = transport === 'http, modern' ? HOSTS.slice(1) : HOSTS.slice(1, 2);
  describe.each(hosts)('a host that speaks %s', (host) => {
    // carol owns no session, and needs none.
    const own: Host = host === '2026-07-28' ? host : '2025-11-25';

    async function listed(method: string, path = '/mcp', who: PersonName = 'alice'): Promise<readonly JsonObject[]> {
      const request = { method, path, token: world.tokens[who] };
      const answer = await world.send(world.request(who === 'alice' ? host : own, request));
      const { result = {} } = parseAnswerBody(answer);
      const [member] = Object.keys(result).filter((name) => Array.isArray(result[name]));
      return result[member ?? ''] as readonly JsonObject[];
    }

    async function ask(method: string, params: JsonObject, path = '/mcp'): Promise<JsonObject> {
      const answer = parseAnswerBody(await world.send(world.request(host, { method, params, path })));
      if (answer.result === undefined) throw new Error(JSON.stringify(answer));
      return answer.result;
    }

    it.each<readonly [string, string, string, string]>([
      ['F01 a file', '/mcp/crm', 'file:///etc/passwd', 'no_rule'],
      ['F01 a file, through the endpoint of all', '/mcp', 'file:///etc/passwd', 'target_unknown'],
      ['F01 a listed resource that no rule is about', '/mcp/crm', 'crm://leads/1', 'no_rule'],
      ['F02 a query that writes', '/mcp/crm', 'db://exec?sql=DROP%20TABLE%20deals', 'no_rule'],
      ['one that a rule denies', '/mcp', 'crm://deals/secret/2', 'rule_denies'],
      ['the same in another spelling', '/mcp', 'crm://deals/%73ecret/2', 'target_unknown'],
      ['the same in another spelling, at its own endpoint', '/mcp/crm', 'crm://deals/%73ecret/2', 'no_rule'],
      ['the same over dots', '/mcp/crm', 'crm://deals/x/../secret/2', 'no_rule'],
      ['the same over escaped dots', '/mcp/crm', 'crm://deals/x/..%2Fsecret/2', 'no_rule'],
      ['the same over dots with a parameter', '/mcp/crm', 'crm://deals/x/..;a/secret/2', 'no_rule'],
      ['the same over dots of two bytes', '/mcp/crm', 'crm://deals/x/%C0%AE%C0%AE/secret/2', 'no_rule'],
      ['the same with an escaped slash', '/mcp', 'crm://deals/secret%2F2', 'rule_denies'],
      ['the same with an escaped backslash', '/mcp/crm', 'crm://deals/secret%5C2', 'rule_denies'],
      ['the same with two slashes', '/mcp/crm', 'crm://deals//secret/2', 'rule_denies'],
      ['the same with a parameter', '/mcp/crm', 'crm://deals/secret;v=1/2', 'rule_denies'],
      ['the same with three slashes', '/mcp/crm', 'crm:///deals/secret/2', 'rule_denies'],
      ['the same in capitals', '/mcp/crm', 'CRM://deals/1', 'no_rule'],
      ['a scheme with a space', '/mcp/crm', ' crm://deals/1', 'no_rule'],
      ['a letter that looks like another', '/mcp/crm', 'crm://d\u0435als/1', 'no_rule'],
      ['a pattern of the policy', '/mcp/crm', 'crm://deals/**', 'no_rule'],
      ['a template', '/mcp/crm', 'crm://deals/{id}', 'no_rule'],
      ['what belongs to the other upstream', '/mcp/mail', 'crm://deals/1', 'no_rule'],
      ['what two upstreams are said to have', '/mcp', 'shared://notes/1', 'target_unknown'],
      ['an app', '/mcp/crm', 'ui://board', 'no_rule'],
      ['10^5 commas', '/mcp/crm', `crm://deals/${','.repeat(2000)}{`, 'no_rule'],
    ])('resources/read of %s is like one of nothing, and reaches no upstream', async (_what, path, uri, reason) => {
      const request = { method: 'resources/read', path, params: { uri } };
      const { seen, answer } = await attackAndAnswer(world, host, world.request(host, request));
      expect(seen).toEqual(refused(200, notFound(host), reason));
      const nothing = await world.send(
        world.request(host, { ...request, params: { uri: 'crm://deals/gone' }, path: '/mcp/crm' }),
      );
      // The URI that the host sent is all that tells them apart.
      const own = Buffer.from(JSON.stringify(uri)).toString('latin1');
      expect(answer.body).toBe(nothing.body.replace('"crm://deals/gone"', () => own));
    });

    it.each<readonly [string, string, JsonObject, number, string]>([
      ['F03 a prompt that no rule is about', 'prompts/get', { name: 'crm__hidden' }, -32602, 'no_rule'],
      ['F03 a prompt of the other upstream', 'prompts/get', { name: 'mail__greet' }, -32602, 'no_rule'],
      ['a prompt without its upstream', 'prompts/get', { name: 'greet' }, -32602, 'target_unknown'],
      ['a tool in place of a prompt', 'prompts/get', { name: 'crm__read_x' }, -32602, 'no_rule'],
      ['a prompt in place of a tool', 'tools/call', { name: 'crm__greet' }, -32602, 'class_unclassified'],
      [
        'a prompt with arguments that are no texts',
        'prompts/get',
        { name: 'crm__greet', arguments: { who: { a: 1 } } },
        -32602,
        'malformed',
      ],
      [
        'completion of a prompt that may be used',
        'completion/complete',
        complete({ type: 'ref/prompt', name: 'crm__greet' }),
        -32602,
        'no_rule',
      ],
      [
        'completion of one that may not',
        'completion/complete',
        complete({ type: 'ref/prompt', name: 'crm__hidden' }),
        -32602,
        'no_rule',
      ],
      [
        'completion of a template that may not be listed',
        'completion/complete',
        complete({ type: 'ref/resource', uri: 'file:///{+path}' }),
        -32602,
        'target_unknown',
      ],
      [
        'completion of a resource',
        'completion/complete',
        complete({ type: 'ref/resource', uri: 'crm://vault/3' }),
        -32602,
        'no_rule',
      ],
      [
        'completion of a tool',
        'completion/complete',
        complete({ type: 'ref/tool', name: 'crm__read_x' }),
        -32602,
        'malformed',
      ],
    ])('%s is refused, and reaches no upstream', async (_what, method, params, code, reason) => {
      expect(await attack(world, host, world.request(host, { method, params }))).toEqual(refused(200, code, reason));
    });

    it('a header that names another URI or prompt than the body is refused', async () => {
      for (const [method, params, shown] of [
        ['resources/read', { uri: 'crm://deals/secret/2' }, 'crm://deals/1'],
        ['resources/read', { uri: 'crm://deals/1' }, '=?base64?eA==?='],
        ['prompts/get', { name: 'crm__greet' }, 'crm__finish'],
      ] as const) {
        const request = world.request(host, { method, params, headers: [['Mcp-Name', shown]] });
        expect(await attack(world, host, request)).toEqual(refused(400, -32020, 'malformed'));
      }
    });

    it('another person reads none of it, whatever she is told of names', async () => {
      const token = world.tokens.carol;
      for (const [method, params, code] of [
        ['resources/read', { uri: 'crm://deals/1' }, notFound(host)],
        ['prompts/get', { name: 'crm__greet' }, -32602],
        ['completion/complete', complete({ type: 'ref/prompt', name: 'crm__finish' }), -32602],
      ] as const) {
        const seen = await attack(world, own, world.request(own, { method, params, token }));
        expect(seen).toEqual(refused(200, code, 'no_rule'));
        for (const list of ['resources/list', 'resources/templates/list', 'prompts/list']) {
          expect(await listed(list, '/mcp', 'carol')).toEqual([]);
        }
      }
    });

    it('lists show what can be had, and nothing beside the names of it', async () => {
      const uris = async (path: string) => (await listed('resources/list', path)).map(({ uri }) => uri);
      expect(await uris('/mcp')).toEqual(['crm://deals/1', 'crm://vault/3']);
      expect(await uris('/mcp/crm')).toEqual(['crm://deals/1', 'crm://vault/3', 'shared://notes/1']);
      expect(await uris('/mcp/mail')).toEqual(['shared://notes/1']);
      const templates = await listed('resources/templates/list', '/mcp/crm');
      expect(templates.map(({ uriTemplate }) => uriTemplate)).toEqual(['crm://deals/{id}', 'shared://notes/{id}']);
      const prompts = await listed('prompts/list');
      expect(prompts.map(({ name }) => name)).toEqual(['crm__greet', 'crm__finish']);
      expect(prompts[0]?.['arguments']).toEqual([{ name: 'who', required: true }]);
      const text = JSON.stringify([await listed('resources/list'), templates, prompts]);
      expect(text).not.toMatch(/icon|meta-canary|ui:/);
    });

    it('a host is told of resources and prompts where it may have some, and not otherwise', async () => {
      const offered = async (path: string, who: PersonName): Promise<JsonObject> => {
        const info = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
        const opening = own === '2026-07-28' ? { method: 'server/discover' } : { method: 'initialize', params: info };
        const answer = await world.send(world.request(own, { ...opening, path, token: world.tokens[who] }));
        return parseAnswerBody(answer).result?.['capabilities'] as JsonObject;
      };
      const kinds = async (path: string, who: PersonName): Promise<readonly string[]> =>
        Object.keys(await offered(path, who)).filter((name) => ['resources', 'prompts', 'completions'].includes(name));
      expect(await kinds('/mcp', 'alice')).toEqual(['resources', 'prompts', 'completions']);
      expect(await kinds('/mcp/mail', 'alice')).toEqual(['resources']);
      expect(await kinds('/mcp/crm', 'carol')).toEqual([]);
      expect(await offered('/mcp/crm', 'carol')).toMatchObject({ tools: {} });
    });

    it('what is allowed comes back as the upstream said it, and for one person alone', async () => {
      const modern = host === '2026-07-28' ? { resultType: 'complete' } : {};
      const caching = host === '2026-07-28' ? { ttlMs: 0, cacheScope: 'private' } : {};
      const uri = 'crm://deals/1';
      const contents = [{ uri, text: `the text of ${uri}` }];
      expect(await ask('resources/read', { uri })).toEqual({ ...modern, ...caching, contents });
      expect(await ask('resources/read', { uri }, '/mcp/crm')).toEqual({ ...modern, ...caching, contents });
      const read = await ask('resources/read', { uri: 'shared://notes/1' }, '/mcp/mail');
      expect(read).toMatchObject({ contents: [{ uri: 'shared://notes/1' }] });
      const prompt = await ask('prompts/get', { name: 'crm__greet', arguments: { who: 'you' } });
      expect(prompt).toMatchObject({ ...modern, messages: [{ content: { text: 'greet {"who":"you"}' } }] });
      const values = async (ref: JsonObject) => (await ask('completion/complete', complete(ref)))['completion'];
      expect(await values({ type: 'ref/prompt', name: 'crm__finish' })).toEqual({ values: ['finish completed'] });
      const uriTemplate = 'crm://deals/{id}';
      expect(await values({ type: 'ref/resource', uri: uriTemplate })).toEqual({
        values: [`${uriTemplate} completed`],
      });
    });

    it('a resource that a person must agree to is not read meanwhile', async () => {
      const request = world.request(host, { method: 'resources/read', params: { uri: 'crm://vault/3' } });
      const { seen, answer } = await attackAndAnswer(world, host, request);
      expect(seen).toEqual(refused(200, -31007, 'rule_needs_approval'));
      expect(parseAnswerBody(answer).error?.data).toMatchObject({ status: 'approval_pending' });
    });

    it('the log says who asked for what, and what came of it', async () => {
      await world.newEntries();
      await ask('resources/read', { uri: 'crm://deals/1' });
      await ask('prompts/get', { name: 'crm__greet', arguments: { who: 'you' } });
      const common = { principal: 'alice', upstream: 'crm', class: 'read', decision: 'allow' };
      expect(await world.newEntries()).toMatchObject([
        { kind: 'decision', ...common, method: 'resources/read', tool: 'crm://deals/1', ruleId: 'deals' },
        { kind: 'outcome', outcome: 'ok' },
        { kind: 'decision', ...common, method: 'prompts/get', tool: 'greet', ruleId: 'greet' },
        { kind: 'outcome', outcome: 'ok' },
      ]);
    });
  });
});
