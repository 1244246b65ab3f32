import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attack, CRM_POLICY, MAIL_POLICY, refused, startWorld, type World } from '../support/evasion-world.ts';
import { HOSTS } from '../support/host-request.ts';
import { parseAnswerBody } from '../support/mcp-request.ts';
import { createGatewayDir, startIn } from '../support/run-gateway.ts';

// Class I, tools alone: what no arrangement of rules, rights and arguments may open.

const MODERN = '2026-07-28';

describe('a policy at work', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());

  it.each(HOSTS)(
    'I01 a credential without the scope is told which one it lacks, and the log as well: %s',
    async (host) => {
      const request = world.request(host, { params: { name: 'crm__export_x' } });
      expect(await attack(world, host, request)).toEqual(refused(200, 'isError', 'scope_missing'));
      const answer = await world.send(request);
      expect(parseAnswerBody(answer).result).toMatchObject({
        structuredContent: {
          status: 'denied',
          reason: 'scope_missing',
          nextStep: expect.stringContaining('crm.export'),
        },
      });
    },
  );

  it.each(HOSTS)('I02 a tool of the class never is reached by nobody, though a rule allows it: %s', async (host) => {
    const scopes = ['*', 'admin', 'crm.delete', 'crm.export'];
    const { token } = await world.gateway.issue({ user: 'root', groups: ['staff', 'leads', 'admin'], scopes });
    const own = host.includes('session') ? '2025-11-25' : host;
    for (const name of ['crm__delete_x', 'crm__delete_y']) {
      const seen = await attack(world, own, world.request(own, { params: { name }, token }));
      expect(seen).toEqual(refused(200, -32602, 'class_never'));
    }
  });

  it('I02 asks nobody for an approval of what is never to be done', async () => {
    await attack(world, MODERN, world.request(MODERN, { params: { name: 'crm__delete_x' } }));
    expect((await world.gateway.admin('GET', '/api/approvals')).json).toEqual({ approvals: [], nextCursor: null });
  });

  it.each(HOSTS)('I03 a tool that no rule and no class names is denied: %s', async (host) => {
    const cases = [
      ['crm__odd_x', 'class_unclassified'],
      ['crm__read_hidden', 'no_rule'],
      ['mail__read_y', 'class_unclassified'],
      ['mail__manage_x', 'class_unclassified'],
    ] as const;
    for (const [name, reason] of cases) {
      const seen = await attack(world, host, world.request(host, { params: { name } }));
      expect(seen).toEqual(refused(200, -32602, reason));
    }
  });

  const EVASIVE: readonly (readonly [string, string])[] = [
    ['nothing', '{}'],
    ['null', '{"action":null}'],
    ['true', '{"action":true}'],
    ['a number', '{"action":0}'],
    ['a list with the harmless value', '{"action":["get"]}'],
    ['an object with the harmless value', '{"action":{"get":1}}'],
    ['the harmless value in capitals', '{"action":"GET"}'],
    ['the harmless value with a blank', '{"action":"get "}'],
    ['the harmless value with NUL', '{"action":"get\\u0000"}'],
    ['the harmless value in another script', '{"action":"g\\u0435t"}'],
    ['the harmless value and more', '{"action":"get,purge"}'],
    ['a value that nobody knows', '{"action":"explode"}'],
    ['an empty value', '{"action":""}'],
    ['a pattern', '{"action":"*"}'],
    ['the argument in capitals', '{"Action":"get"}'],
    ['a second argument that differs in capitals alone', '{"action":"get","Action":"purge"}'],
    ['the argument with a blank', '{"action ":"get"}'],
    ['the argument one level down', '{"x":{"action":"get"}}'],
    ['the argument in a prototype', '{"__proto__":{"action":"get"}}'],
    ['the value that is never', '{"action":"purge"}'],
    ['a member of every object', '{"action":"toString"}'],
  ];
  describe.each(HOSTS)('I09, F17 of a tool that does several things, %s', (host) => {
    it.each(EVASIVE)('asked with %s, the worst is assumed', async (_name, json) => {
      const request = world.request(host, { params: { name: 'crm__manage_x', arguments: {} } });
      const body = String(request.body).replace('"arguments":{}', `"arguments":${json}`);
      expect(await attack(world, host, { ...request, body })).toEqual(refused(200, -32602, 'class_never'));
    });

    it('asked with the harmless value, and whatever else beside it, it runs', async () => {
      const params = { name: 'crm__manage_x', arguments: { action: 'get', reaction: 'purge', x: { action: 'purge' } } };
      const answer = await world.send(world.request(host, { params }));
      expect(parseAnswerBody(answer).result).not.toHaveProperty('isError');
    });

    it('asked to write, it waits for a person', async () => {
      const params = { name: 'crm__manage_x', arguments: { action: 'update', host } };
      const seen = await attack(world, host, world.request(host, { params }));
      expect(seen).toEqual(refused(200, 'isError', 'write_needs_approval'));
    });
  });
});

describe('I04 a rule that denies', () => {
  const allow = '{ id: allow, who: { groups: [staff] }, tools: [read_x], effect: allow }';
  const allowAll = '{ id: allow-all, who: { any: true }, tools: ["*"], effect: allow, unattended: true }';
  const deny = '{ id: deny, tools: [read_x], effect: deny }';
  const denyBob = '{ id: deny-bob, who: { users: [bob] }, tools: { class: read }, effect: deny }';
  const ORDERS = [
    [allow, allowAll, deny],
    [deny, allow, allowAll],
    [allowAll, deny, allow],
  ] as const;
  const policyOf = (rules: readonly string[]): string =>
    `version: 1\nupstream: mail\nclasses: { read: [read_*], write: [update_x], never: [] }\nrules: [${rules.join(', ')}]\n`;

  it.each(ORDERS.map((rules, index) => [index + 1, rules] as const))('wins, in order %s', async (_order, rules) => {
    const world = await startWorld({ policies: { 'crm.yaml': CRM_POLICY, 'mail.yaml': policyOf(rules) } });
    try {
      const seen = await attack(world, MODERN, world.request(MODERN, { params: { name: 'mail__read_x' } }));
      expect(seen).toEqual(refused(200, 'isError', 'rule_denies'));
    } finally {
      await world.close();
    }
  });

  it('wins over what another file allows, for those whom it is about', async () => {
    const policies = {
      'crm.yaml': CRM_POLICY,
      'a.yaml': policyOf([allowAll]),
      'z.yaml': policyOf([denyBob]).replace('update_x', 'update_z'),
    };
    const world = await startWorld({ policies });
    try {
      const params = { name: 'mail__read_y' };
      const asBob = world.request(MODERN, { params, token: world.tokens.bob });
      expect(await attack(world, MODERN, asBob)).toEqual(refused(200, 'isError', 'rule_denies'));
      expect((await world.send(world.request(MODERN, { params }))).body).not.toContain('isError":true');
    } finally {
      await world.close();
    }
  });
});

describe('I05, P06 a gateway whose files are not what they should be', () => {
  const CONFIG = 'upstreams:\n  mail: { url: "http://127.0.0.1:9/mcp" }\n';
  const start = async (files: { config?: string; policy?: string | null; more?: Readonly<Record<string, string>> }) => {
    const { config = CONFIG, policy = MAIL_POLICY, more = {} } = files;
    const policies = { ...(policy === null ? {} : { 'mail.yaml': policy }), ...more };
    const home = createGatewayDir({ config, policies });
    try {
      const gateway = await startIn(home);
      await gateway.stop();
      return 'started';
    } catch (error) {
      return String(error);
    } finally {
      home.remove();
    }
  };

  it('I05 starts where all is well', async () => {
    expect(await start({})).toBe('started');
  });

  it.each<[string, (policy: string) => string, RegExp]>([
    ['a key with a slip', (policy) => policy.replace('effect: allow', 'efect: allow'), /efect/],
    ['classes with a slip', (policy) => policy.replace('classes', 'clases'), /clases/],
    ['a class that is none', (policy) => policy.replace('never: []', 'nevr: [x]'), /nevr/],
    ['an effect that is none', (policy) => policy.replace('effect: allow', 'effect: permit'), /permit/],
    ['a rule without whom', (policy) => policy.replace('who: { groups: [staff] }, ', ''), /who/],
    ['a rule by scopes alone', (policy) => policy.replace('groups: [staff]', 'scopes: [x]'), /scopes/],
    ['a rule about nobody', (policy) => policy.replace('groups: [staff]', 'groups: []'), /groups/],
    ['a rule about no tool', (policy) => policy.replace('tools: [read_x]', 'tools: []'), /tools/],
    [
      'a rule with a condition that is none',
      (policy) => policy.replace('effect: allow', 'effect: allow, when: "arg.x == 1"'),
      /when/,
    ],
    ['a limit of nothing', (policy) => `${policy}limits: [{ tools: [read_x] }]\n`, /limits/],
    ['a tab', (policy) => policy.replace('classes: ', 'classes:\t'), /./],
    [
      'a tab for a blank at the start of a line',
      (policy) => policy.replace('  - { id: staff-write', '\t- { id: staff-write'),
      /mail\.yaml:\d/,
    ],
    ['a key twice', (policy) => `${policy}classes: { never: [] }\n`, /mail\.yaml:8:1: .*unique/],
    ['a rule twice', (policy) => policy.replace('staff-write', 'staff-read'), /staff-read/],
    ['an anchor that multiplies', () => bomb(), /mail\.yaml:\d/],
    ['two documents', (policy) => `${policy}---\nversion: 1\n`, /mail\.yaml:\d/],
    ['a merge key', (policy) => policy.replace('classes: {', 'classes: { <<: {},'), /mail\.yaml:\d/],
    ['a tag', (policy) => policy.replace('[read_x]', '!!js/function [read_x]'), /mail\.yaml:\d/],
    ['a variable', (policy) => policy.replace('staff]', '"${env:PATH}"]'), /mail\.yaml:\d/],
    ['another version', (policy) => policy.replace('version: 1', 'version: 2'), /version/],
    ['a regular expression', (policy) => policy.replace('tools: [read_x]', 'tools: [".*"]'), /tools/],
    ['nothing', () => '', /mail\.yaml/],
    ['null', () => 'null\n', /mail\.yaml/],
    ['what is no UTF-8', () => '\u0000', /mail\.yaml/],
  ])('I05 does not start with a policy that holds %s', async (_name, change, words) => {
    const outcome = await start({ policy: change(MAIL_POLICY) });
    expect(outcome).not.toBe('started');
    expect(outcome).toMatch(words);
  });

  it('I05 one bad file keeps the good ones from being used', async () => {
    expect(await start({ more: { 'other.yaml': 'version: 1\nupstream: mail\nrules: [{ id: x }]\n' } })).toMatch(
      /other\.yaml/,
    );
  });

  it.each<[string, string, RegExp]>([
    ['a key with a slip', `${CONFIG}enviroment: prod\n`, /enviroment.*\n.*environment|environment/],
    ['a nested key with a slip', CONFIG.replace('url:', 'ulr:'), /ulr/],
    ['a safety setting with a slip', `${CONFIG}environments: { prod: { unclasified: deny } }\n`, /unclasified/],
    [
      'a safety setting with another word',
      `${CONFIG}environments: { prod: { unclassified: allow } }\n`,
      /unclassified/,
    ],
    ['an administrator’s secret of its own', `${CONFIG}adminToken: admin\n`, /adminToken/],
    ['an empty variable as a credential', withCredential('""'), /value/],
    ['a variable that is not set', withCredential('"${env:NOT_SET}"'), /NOT_SET/],
    ['a credential that is not said to be shared', withCredential('"x"').replace(', shared: true', ''), /shared/],
    [
      'a credential in a header of the protocol',
      withCredential('"x"').replace('x-app-token', 'mcp-session-id'),
      /name|header/,
    ],
    ['an upstream with an underscore', CONFIG.replace('mail:', 'a__b:'), /a__b/],
    ['an upstream in capitals', CONFIG.replace('mail:', 'Mail:'), /Mail/],
    ['an upstream named like the gateway', CONFIG.replace('mail:', 'countersign:'), /countersign/],
    ['an upstream twice', `${CONFIG}  mail: { url: "http://127.0.0.1:9/x" }\n`, /unique/],
    ['an upstream that is a file', CONFIG.replace('http://127.0.0.1:9/mcp', 'file:///etc/passwd'), /url/],
    ['an upstream with a password', CONFIG.replace('127.0.0.1:9', 'a:b@127.0.0.1:9'), /url/],
    ['a package of whatever version', CONFIG.replace(/url: .*"/, 'command: [npx, -y, "x@latest"]'), /npx|x@latest/],
    [
      'an issuer over plain HTTP',
      `${CONFIG}identity: { issuers: [{ issuer: "http://login.example.com" }] }\n`,
      /issuer/,
    ],
    [
      'an issuer that takes an HMAC',
      `${CONFIG}identity: { issuers: [{ issuer: "https://a.example", algorithms: [HS256] }] }\n`,
      /HS256/,
    ],
    [
      'an issuer that takes no signature',
      `${CONFIG}identity: { issuers: [{ issuer: "https://a.example", algorithms: [none] }] }\n`,
      /none/,
    ],
  ])('P06 does not start with a configuration that holds %s', async (_name, config, words) => {
    const outcome = await start({ config });
    expect(outcome).not.toBe('started');
    expect(outcome).toMatch(words);
  });

  it('I03 starts without any policy, and then denies everything', async () => {
    const world = await startWorld({ policies: { 'crm.yaml': CRM_POLICY } });
    try {
      for (const name of ['mail__read_x', 'mail__update_x', 'mail__delete_x']) {
        const seen = await attack(world, MODERN, world.request(MODERN, { params: { name } }));
        expect(seen).toEqual(refused(200, -32602, 'upstream_without_policy'));
      }
    } finally {
      await world.close();
    }
  });

  function withCredential(value: string): string {
    const credentials = `{ kind: header, name: x-app-token, value: ${value}, shared: true }`;
    return `upstreams:\n  mail: { url: "http://127.0.0.1:9/mcp", credentials: ${credentials} }\n`;
  }

  /** Nine levels of nine: a billion laughs. */
  function bomb(): string {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 9; level++) {
      lines.push(
        `a${level}: &a${level} [${Array(9)
          .fill(`*a${level - 1}`)
          .join(', ')}]`,
      );
    }
    return `${lines.join('\n')}\n`;
  }
});
