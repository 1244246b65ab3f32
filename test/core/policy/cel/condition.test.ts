import { describe, expect, it } from 'vitest';
import type { Principal, PrincipalId } from '../../../../src/core/identity/principal.ts';
import { REQUEST_LIMITS } from '../../../../src/core/json/limits.ts';
import { readJson } from '../../../../src/core/json/read-json.ts';
import type { Json, JsonObject } from '../../../../src/core/json/value.ts';
import { type ConditionFacts, parseCondition, prepareFacts } from '../../../../src/core/policy/cel/condition.ts';

const ALICE: Principal = {
  id: 'alice' as PrincipalId,
  name: 'Alice',
  groups: ['sales', 'staff'],
  scopes: ['crm.read'],
  tenant: 'acme',
  client: 'client-1',
  credentialId: 'tok-1',
  issuer: 'https://login.example.com',
  resources: null,
};

/** Half past one in the night in Madrid, when summer time is about to end there; the day before, in New York. */
const NOW_MS = Date.parse('2026-10-24T23:30:15.250Z');

const FACTS: ConditionFacts = {
  principal: ALICE,
  upstream: 'crm',
  tool: 'update_deal',
  class: 'write',
  environment: 'prod',
  nowMs: NOW_MS,
  args: {},
};

/** Arguments as they come from a host. */
function argsOf(json: string): JsonObject {
  const read = readJson(Buffer.from(json), REQUEST_LIMITS);
  if (!read.ok) throw new TypeError(`the test holds bad JSON: ${json}`);
  return read.value as JsonObject;
}

function ask(text: string, facts: Partial<ConditionFacts> = {}): string {
  const condition = parseCondition(text);
  if (!condition.ok) throw new TypeError(`${text}: ${condition.error.message}`);
  return condition.value.ask(prepareFacts({ ...FACTS, ...facts }));
}

describe('a condition on arguments', () => {
  it.each<[string, string, string]>([
    ['args.amount <= 10000.0', '{"amount":10000}', 'holds'],
    ['args.amount <= 10000', '{"amount":10000}', 'holds'],
    ['args.amount <= 10000.0', '{"amount":10000.01}', 'fails'],
    ['args.amount == 100', '{"amount":100}', 'holds'],
    ['args.amount == 100', '{"amount":"100"}', 'fails'],
    ['args.amount <= 10000.0', '{"amount":"100"}', 'unevaluable'],
    ['args.amount <= 10000.0', '{"amount":null}', 'unevaluable'],
    ['args.amount <= 10000.0', '{"amount":true}', 'unevaluable'],
    ['args.amount <= 10000.0', '{"amount":[1]}', 'unevaluable'],
    ['args.amount <= 10000.0', '{"amount":{}}', 'unevaluable'],
    ['args.amount <= 10000.0', '{}', 'unevaluable'],
    ['args.amount <= 10000.0', '{"Amount":1}', 'unevaluable'],
    ['args.amount <= 10000.0', '{"amount":-1e308}', 'holds'],
    ['args.amount <= 10000.0', '{"amount":1e308}', 'fails'],
    ['args.amount + 1.0 <= 3.0', '{"amount":2}', 'holds'],
    ['args.amount + 1 <= 3', '{"amount":2}', 'unevaluable'],
    ['args.dry_run', '{"dry_run":true}', 'holds'],
    ['args.dry_run', '{"dry_run":"true"}', 'unevaluable'],
    ['args.dry_run', '{"dry_run":1}', 'unevaluable'],
    ['!has(args.force) || !args.force', '{}', 'holds'],
    ['!has(args.force) || !args.force', '{"force":true}', 'fails'],
    ['!has(args.force) || !args.force', '{"force":0}', 'unevaluable'],
    ['args.stage in ["open", "won"]', '{"stage":"won"}', 'holds'],
    ['args.stage in ["open", "won"]', '{"stage":"Won"}', 'fails'],
    ['args.stage in ["open", "won"]', '{"stage":["won"]}', 'fails'],
    ['args.to.endsWith("@example.com")', '{"to":"bob@example.com"}', 'holds'],
    ['args.to.endsWith("@example.com")', '{"to":["bob@example.com"]}', 'unevaluable'],
    ['args.to.all(x, x.endsWith("@example.com"))', '{"to":["a@example.com","b@evil.test"]}', 'fails'],
    ['args.to.all(x, x.endsWith("@example.com"))', '{"to":["a@example.com"]}', 'holds'],
    ['args.to.all(x, x.endsWith("@example.com"))', '{"to":"a@example.com"}', 'unevaluable'],
    ['args.a.b["c"][0] == 1', '{"a":{"b":{"c":[1]}}}', 'holds'],
    ['args.__proto__ == "x"', '{"__proto__":"x"}', 'holds'],
    ['has(args.toString)', '{}', 'fails'],
    ['args.constructor == "x"', '{"constructor":"x"}', 'unevaluable'],
    ['args.name == "Köln"', '{"name":"Ko\\u0308ln"}', 'fails'],
    ['args.name == "admin"', '{"name":"\\u0430dmin"}', 'fails'],
    ['args.branch.isLike("feature/*")', '{"branch":"feature/x"}', 'holds'],
    ['args.branch.isLike("feature/*")', '{"branch":"main"}', 'fails'],
    ['args.branch.isLike("feature.*")', '{"branch":"feature/x"}', 'fails'],
    ['args.tenant == principal.tenant', '{"tenant":"acme"}', 'holds'],
    ['args.owner == principal.id', '{"owner":"ALICE"}', 'fails'],
    ['principal.groups.exists(g, g == args.group)', '{"group":"staff"}', 'holds'],
  ])('%s with %s: %s', (text, json, expected) => {
    expect(ask(text, { args: argsOf(json) })).toBe(expected);
  });

  it('is never answered by the missing tenant of somebody', () => {
    const principal = { ...ALICE, tenant: null };
    expect(ask('args.tenant == principal.tenant', { principal, args: argsOf('{"tenant":null}') })).toBe('unevaluable');
    expect(ask('has(principal.tenant)', { principal })).toBe('fails');
  });

  it.each(['principal', 'tool', 'call', 'now', 'args'])('never sees the functions of an object of ours: %s', (name) => {
    expect(parseCondition(`${name}.constructor("return 1")()`).ok).toBe(false);
  });
});

describe('a condition on a path', () => {
  it.each<[string, string]>([
    ['/srv/files', 'holds'],
    ['/srv/files/', 'holds'],
    ['/srv/files/a/b.txt', 'holds'],
    ['/srv//files/./a', 'holds'],
    ['/srv/files-evil/a', 'fails'],
    ['/srv/file', 'fails'],
    ['/', 'fails'],
    ['srv/files/a', 'fails'],
    ['/SRV/FILES/a', 'fails'],
    ['/srv/files/../../etc/passwd', 'unevaluable'],
    ['/srv/files/..', 'unevaluable'],
    ['/srv/files/%2e%2e/etc', 'unevaluable'],
    ['/srv/files/..\\..\\etc', 'unevaluable'],
    ['/srv/files/\0/etc', 'unevaluable'],
    ['/srv/files/\uff0e\uff0e/etc', 'unevaluable'],
    ['/srv/files/\u2024\u2024/etc', 'unevaluable'],
    ['/srv/files\uff0fetc', 'unevaluable'],
    ['/srv/files/\u200b../etc', 'unevaluable'],
    ['file:///srv/files/a', 'unevaluable'],
    ['C:/srv/files', 'unevaluable'],
    ['~/srv/files', 'unevaluable'],
    ['', 'unevaluable'],
  ])('%j under /srv/files: %s', (path, expected) => {
    expect(ask('args.path.isUnder("/srv/files")', { args: { path } })).toBe(expected);
  });
});

describe('a condition on the surroundings', () => {
  it.each<[string, string]>([
    ['env == "prod"', 'holds'],
    ['tool.name == "update_deal" && tool.class == "write" && tool.upstream == "crm"', 'holds'],
    ['call.client == "client-1" && call.issuer == "https://login.example.com"', 'holds'],
    ['"sales" in principal.groups', 'holds'],
    ['"crm.write" in principal.scopes', 'fails'],
    ['now.getHours() == 23', 'holds'],
    ['now.getHours("Europe/Madrid") == 1', 'holds'],
    ['now.getDate("Europe/Madrid") == 25', 'holds'],
    ['now.getDayOfWeek("Europe/Madrid") == 0', 'holds'],
    ['now.getDayOfMonth("America/New_York") == 23', 'holds'],
    ['now.getHours("Asia/Kathmandu") == 5 && now.getMinutes("Asia/Kathmandu") == 15', 'holds'],
    ['now.getDayOfYear() == 296 && now.getMonth() == 9 && now.getFullYear() == 2026', 'holds'],
    ['now.getSeconds() == 15 && now.getMilliseconds() == 250', 'holds'],
    ['now >= timestamp("2026-10-24T23:30:15.250Z") && now < timestamp("2026-10-25T00:00:00Z")', 'holds'],
    ['now > timestamp("2027-01-01T00:00:00Z")', 'fails'],
    ['now > timestamp("2026-10-24T23:30:15.250Z")', 'fails'],
    ['now < timestamp("2026-10-24T23:30:15.250Z")', 'fails'],
    ['now <= timestamp("2026-10-24T23:30:15.250Z")', 'holds'],
    ['now <= timestamp("2026-10-24T23:30:15.249Z")', 'fails'],
    ['now >= timestamp("2026-10-24T23:30:15.251Z")', 'fails'],
  ])('%s: %s', (text, expected) => {
    expect(ask(text)).toBe(expected);
  });

  it('knows when clocks change, at the very second', () => {
    const summer = Date.parse('2026-10-25T00:59:59Z');
    expect(ask('now.getHours("Europe/Madrid") == 2', { nowMs: summer })).toBe('holds');
    expect(ask('now.getHours("Europe/Madrid") == 2', { nowMs: summer + 1000 })).toBe('holds');
    expect(ask('now.getHours("Europe/Madrid") == 3', { nowMs: summer + 1000 + 3_600_000 })).toBe('holds');
  });

  it('tells conditions that a listing can answer from those that it cannot', () => {
    const usesArgs = (text: string) => {
      const condition = parseCondition(text);
      return condition.ok && condition.value.usesArgs;
    };
    expect(usesArgs('now.getHours() >= 22')).toBe(false);
    expect(usesArgs('args.amount <= 1.0')).toBe(true);
    expect(usesArgs('size(args) == 0')).toBe(true);
    expect(usesArgs('has(args.amount)')).toBe(true);
  });
});

describe('an expression that is no condition', () => {
  it.each<[string, string, string]>(
    [
      ['args.amount <=', 'unexpected token: EOF, at `the end`', 'CEL'],
      ['arg.amount <= 1.0', 'names a variable `arg`', 'did you mean args?'],
      ['user.id == "x"', 'names a variable `user`', 'known here: args, principal, tool, call, env, now'],
      ['principal.group == "x"', 'names a field `principal.group`', 'did you mean principal.groups?'],
      ['principal.name == "x"', 'names a field `principal.name`', 'known here: id, groups, scopes, tenant'],
      ['env.name == "x"', 'names a field `env.name`', 'it has none'],
      ['args.amount', '', ''],
      ['args.amount + 1.0', '', ''],
      ['size(args.list)', 'gives a value of type int', 'compare it'],
      ['"yes"', 'gives a value of type string', 'compare it'],
      ['principal.id == 1', 'no such overload: string == int, at `principal.id == 1`', 'CEL'],
      ['env + 1 == 2', 'no such overload: string + int', 'CEL'],
      ['args.x.matches("(a+)+$")', 'uses `matches`', 'isLike'],
      ['args.x.startWith("a")', 'calls a function `startWith`', 'did you mean startsWith?'],
      ['args.x.json().a == 1', 'calls a function `json`', 'known here'],
      ['cel.bind(x, args.a, x == 1)', 'calls a function `bind`', 'known here'],
      ['type(args.x) == string', 'calls a function `type`', 'known here'],
      ['args.?x == 1', 'expected IDENTIFIER', 'CEL'],
      ['now.getHours("Europe/Madird") > 2', 'getHours must name a time zone', 'Europe/Madrid'],
      ['now.getHours(args.zone) > 2', 'getHours must name a time zone', 'literal'],
      ['args.path.isUnder("/srv/../etc")', 'isUnder takes a plain directory', 'literal'],
      ['args.path.isUnder(args.root)', 'isUnder takes a plain directory', 'literal'],
      ['args.x.isLike(args.y)', 'isLike takes a pattern', 'literal'],
      ['args.x.contains(args.y)', 'searches for a text that the caller chooses, at `args.y`', 'policy holds'],
      ['args.l.exists(y, "a".contains(y))', 'searches for a text that the caller chooses, at `y`', 'policy holds'],
      ['args.a.all(x, args.b.all(y, args.c.all(z, x == z)))', 'loops within loops', '2 deep'],
      [`args.x == "${'a'.repeat(1000)}"`, 'is longer than 1000 characters', 'several rules'],
    ].filter(([, message]) => message !== '') as [string, string, string][],
  )('%s', (text, message, help) => {
    const condition = parseCondition(text);
    expect(condition.ok ? 'ok' : condition.error.message).toContain(message);
    expect(condition.ok ? 'ok' : condition.error.help).toContain(help);
  });
});

describe('the time that a condition takes', () => {
  /** Of CPU time, with much room for a slow machine: without bounds these take from seconds to hours. */
  const MS_MAX = 1000;

  it.each<[string, () => Json]>([
    ['args.x.contains("' + 'a'.repeat(200) + 'b' + '")', () => 'a'.repeat(8_000_000)],
    ['args.x.isLike("*a*a*a*a*a*b")', () => 'a'.repeat(200_000)],
    ['args.x.isUnder("/srv")', () => '/srv' + '/.'.repeat(120_000)],
    ['args.x.all(a, args.x.all(b, a != b))', () => Array.from({ length: 100_000 }, (_, index) => index)],
    ['args.x.all(a, a != 5)', () => Array.from({ length: 1_000_000 }, () => 1)],
    ['args.x == "a"', () => nested(60)],
    ['args.x.map(a, a + a).map(a, a + a) == []', () => Array.from({ length: 100 }, () => 'a'.repeat(2600))],
  ])('%s is bounded', (text, make) => {
    const condition = parseCondition(text);
    if (!condition.ok) throw new TypeError(condition.error.message);
    const facts = prepareFacts({ ...FACTS, args: { x: make() } });
    // What this thread worked, whatever else the machine does meanwhile.
    const before = process.threadCpuUsage();
    condition.value.ask(facts);
    const { user, system } = process.threadCpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(MS_MAX);
  });

  it('is told of each condition by itself where it loops, however many look at the same', () => {
    const facts = prepareFacts({ ...FACTS, args: { x: Array.from({ length: 1000 }, () => 1) } });
    const answers = ['args.x.all(a, a == 1)', 'args.x.all(a, args.x.all(b, a == b))', 'args.x.all(a, a == 1)'].map(
      (text) => {
        const condition = parseCondition(text);
        return condition.ok && condition.value.ask(facts);
      },
    );
    expect(answers).toEqual(['holds', 'unevaluable', 'holds']);
  });

  it('does not depend on arguments that it does not name', () => {
    const args = { amount: 1, content: 'a'.repeat(8_000_000), deep: nested(60) };
    expect(ask('args.amount == 1', { args })).toBe('holds');
  });

  it('leaves values of too many shapes alone, because the library remembers each', () => {
    expect(ask('args.x == "a"', { args: { x: nested(5) } })).toBe('unevaluable');
    expect(ask('args.x == "a"', { args: { x: nested(3) } })).toBe('fails');
  });
});

function nested(depth: number): Json {
  return depth === 0 ? 1 : depth % 2 === 0 ? [nested(depth - 1)] : { a: nested(depth - 1) };
}
