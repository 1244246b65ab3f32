import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../src/config/load-policies.ts';
import { renderProblems } from '../../src/config/render-problems.ts';

function messages(text: string): string {
  const parsed = parsePolicy('p.yaml', 'p.yaml', Buffer.from(text));
  return parsed.ok ? 'taken' : renderProblems(parsed.error, { color: false });
}

const rule = (...lines: readonly string[]): string =>
  ['version: 1', 'upstream: crm', 'rules:', '  - id: a', ...lines.map((line) => `    ${line}`), ''].join('\n');
const WHO = 'who: { groups: [staff] }';

describe('a policy that is wrong is refused, and its author told what to do', () => {
  it.each<[string, string, string]>([
    [
      'a key with a slip',
      rule(WHO, 'tools: [get]', 'efect: allow'),
      'p.yaml:7:5: rules[0].efect: is no key that is known here; got efect\n  help: did you mean effect?',
    ],
    [
      'clas for class',
      rule(WHO, 'tools: { clas: read }', 'effect: allow'),
      'p.yaml:6:14: rules[0].tools.clas: is no key that is known here; got clas\n  help: did you mean class?',
    ],
    [
      'an unknown class',
      rule(WHO, 'tools: { class: reed }', 'effect: allow'),
      'p.yaml:6:21: rules[0].tools.class: must be read or write; got reed',
    ],
    [
      'an unknown effect',
      rule(WHO, 'tools: [get]', 'effect: alow'),
      'p.yaml:7:13: rules[0].effect: must be allow or approve or deny; got alow',
    ],
    ['no effect', rule(WHO, 'tools: [get]'), 'p.yaml:4:5: rules[0].effect: is missing\n'],
    ['two kinds', rule(WHO, 'tools: [a]', 'prompts: [b]', 'effect: deny'), 'rules[0]: is about several kinds'],
    ['no tools', rule(WHO, 'effect: allow'), 'p.yaml:4:5: rules[0].tools: is missing\n'],
    [
      'no who where something is allowed',
      rule('tools: [get]', 'effect: allow'),
      'p.yaml:4:5: rules[0].who: is missing\n  help: say whom the rule is about',
    ],
    [
      'an empty who',
      rule('who: {}', 'tools: [get]', 'effect: allow'),
      'p.yaml:5:10: rules[0].who: names nobody; got {}',
    ],
    [
      'an empty list of groups',
      rule('who: { groups: [] }', 'tools: [get]', 'effect: allow'),
      'p.yaml:5:20: rules[0].who.groups: is empty, so it matches nobody; got []',
    ],
    [
      'groups without a value',
      rule('who: { groups: }', 'tools: [get]', 'effect: allow'),
      'p.yaml:5:12: rules[0].who.groups: must be a list\n',
    ],
    [
      'a group that is no text',
      rule('who: { groups: [7] }', 'tools: [get]', 'effect: allow'),
      'p.yaml:5:21: rules[0].who.groups[0]: must be a text; got 7',
    ],
    [
      'an empty group',
      rule("who: { groups: [''] }", 'tools: [get]', 'effect: allow'),
      "p.yaml:5:21: rules[0].who.groups[0]: is empty; got ''",
    ],
    [
      'scopes alone',
      rule('who: { scopes: [crm.read] }', 'tools: [get]', 'effect: allow'),
      'p.yaml:5:10: rules[0].who: names scopes alone; got { scopes: [crm.read] }\n  help: add `users` or `groups`, or `any: true` for everybody: scopes are a ceiling, never sufficient alone',
    ],
    [
      'any: false',
      rule('who: { any: false }', 'tools: [get]', 'effect: allow'),
      'p.yaml:5:17: rules[0].who.any: must be true; got false',
    ],
    [
      'any and names',
      rule('who: { any: true, groups: [a] }', 'tools: [get]', 'effect: allow'),
      'p.yaml:5:10: rules[0].who: says `any` and names people as well',
    ],
    [
      'a deny that fewer scopes get round',
      rule('who: { groups: [a], scopes: [s] }', 'tools: [get]', 'effect: deny'),
      'p.yaml:5:10: rules[0].who: denies by scope',
    ],
    [
      'an empty list of tools',
      rule(WHO, 'tools: []', 'effect: deny'),
      'p.yaml:6:12: rules[0].tools: is empty, so the rule is about no tool; got []',
    ],
    [
      'a tool that is no list',
      rule(WHO, 'tools: get', 'effect: deny'),
      'p.yaml:6:12: rules[0].tools: has none of the forms that are known here; got get\n  help: Which tools the rule is about',
    ],
    [
      'a regular expression',
      rule(WHO, "tools: ['.*']", 'effect: deny'),
      'p.yaml:6:13: rules[0].tools[0]: looks like a regular expression',
    ],
    [
      'another kind of pattern',
      rule(WHO, "tools: ['get_?']", 'effect: deny'),
      'p.yaml:6:13: rules[0].tools[0]: is no pattern of this language: only `*` has a meaning',
    ],
    [
      'a letter that looks like another',
      rule(WHO, 'tools: [g\u0435t]', 'effect: deny'),
      'p.yaml:6:13: rules[0].tools[0]: holds characters that no tool can be named by',
    ],
    [
      'unattended where nothing is allowed',
      rule(WHO, 'tools: [get]', 'effect: approve', 'unattended: true'),
      'p.yaml:8:17: rules[0].unattended: has no meaning here; got true',
    ],
    [
      'unattended: "yes"',
      rule(WHO, 'tools: [get]', 'effect: allow', 'unattended: "yes"'),
      'p.yaml:8:17: rules[0].unattended: must be true or false; got "yes"',
    ],
    [
      'approval where nothing is approved',
      rule(WHO, 'tools: [get]', 'effect: allow', 'approval: {}'),
      'p.yaml:8:15: rules[0].approval: has no meaning here; got {}',
    ],
    [
      'approval by nobody',
      rule(WHO, 'tools: [get]', 'effect: approve', 'approval: { by: { groups: [] } }'),
      'p.yaml:8:31: rules[0].approval.by.groups: is empty, so it matches nobody; got []',
    ],
    [
      'an approval by nobody',
      rule(WHO, 'tools: [get]', 'effect: approve', 'approval: { count: 0 }'),
      'p.yaml:8:24: rules[0].approval.count: must be at least 1; got 0',
    ],
    [
      'approval by somebody who is nobody in particular',
      rule(WHO, 'tools: [get]', 'effect: approve', 'approval: { by: anyone }'),
      'p.yaml:8:21: rules[0].approval.by: must be requester; got anyone',
    ],
    [
      'approval by groups and by users',
      rule(WHO, 'tools: [get]', 'effect: approve', 'approval: { by: { groups: [a], users: [b] } }'),
      'p.yaml:8:21: rules[0].approval.by: names people by exactly one of `groups` and `users`',
    ],
    [
      'two people who are the requester',
      rule(WHO, 'tools: [get]', 'effect: approve', 'approval: { by: requester, count: 2 }'),
      'p.yaml:8:39: rules[0].approval.count: asks for more people than one; got 2',
    ],
    [
      'a place that nothing stands for',
      rule(WHO, 'tools: [get]', 'effect: approve', "approval: { summary: 'Set {{arg.id}}' }"),
      "p.yaml:8:26: rules[0].approval.summary: has a place that nothing stands for: {{arg.id}}; got 'Set {{arg.id}}'",
    ],
    [
      'a place that is not closed',
      rule(WHO, 'tools: [get]', 'effect: approve', "approval: { confirm: '{{args.id' }"),
      'p.yaml:8:26: rules[0].approval.confirm: has a `{{` or `}}` without the other',
    ],
    [
      'a place in the arguments of a preview',
      rule(WHO, 'tools: [get]', 'effect: approve', "approval: { preview: { tool: get, args: { id: '{{id}}' } } }"),
      'rules[0].approval.preview.args.id: has a place that nothing stands for: {{id}}',
    ],
    [
      'a preview without a tool',
      rule(WHO, 'tools: [get]', 'effect: approve', 'approval: { preview: {} }'),
      'rules[0].approval.preview.tool: is missing',
    ],
    [
      'a grant without an end',
      rule(WHO, 'tools: [get]', 'effect: approve', 'approval: { grant: { count: 3 } }'),
      'rules[0].approval.grant.for: is missing',
    ],
    [
      'a grant of one call',
      rule(WHO, 'tools: [get]', 'effect: approve', 'approval: { grant: { count: 1, for: 10m } }'),
      'rules[0].approval.grant.count: must be at least 2; got 1',
    ],
    [
      'an end without a unit',
      rule(WHO, 'tools: [get]', 'effect: approve', 'approval: { expires: "30" }'),
      'p.yaml:8:26: rules[0].approval.expires: must be a whole number and a unit, such as 90s, 30m, 1h or 30d; got "30"',
    ],
    [
      'an end too far away',
      rule(WHO, 'tools: [get]', 'effect: approve', 'approval: { expires: 31d }'),
      'p.yaml:8:26: rules[0].approval.expires: must be between 1s and 30d; got 31d',
    ],
    [
      'an id that is no id',
      rule(WHO, 'tools: [get]', 'effect: deny').replace('id: a', 'id: a b'),
      'p.yaml:4:9: rules[0].id: must be 1 to 64 letters, digits, `.`, `_` or `-`; got a b',
    ],
    ['another version', 'version: 2\nupstream: crm\n', 'p.yaml:1:10: version: must be 1; got 2'],
    ['no version', 'upstream: crm\n', 'p.yaml:1:1: version: is missing\n'],
    [
      'an upstream that can have no such name',
      'version: 1\nupstream: my_crm\n',
      'p.yaml:2:11: upstream: must be 1 to 20 small letters, digits or `-`; got my_crm',
    ],
    ['a list instead of a policy', '- a\n', 'p.yaml:1:1: file: must be a group of keys; got - a'],
    [
      'a pattern where one tool is meant',
      'version: 1\nupstream: crm\nclasses: { byArgument: { "a*": { argument: x, read: [a] } } }\n',
      'p.yaml:3:26: classes.byArgument.a*: must be the exact name of a tool; got a*',
    ],
    [
      'an argument without values',
      'version: 1\nupstream: crm\nclasses: { byArgument: { a: { argument: x } } }\n',
      'p.yaml:3:29: classes.byArgument.a: lists no value; got { argument: x }',
    ],
    [
      'one value in two classes',
      'version: 1\nupstream: crm\nclasses: { byArgument: { a: { argument: x, read: [v], never: [v] } } }\n',
      'p.yaml:3:29: classes.byArgument.a: lists the value "v" more than once',
    ],
    [
      'a condition with an unknown variable',
      rule(WHO, 'tools: [get]', 'effect: allow', 'when: arg.amount <= 10'),
      'p.yaml:8:11: rules[0].when: names a variable `arg` that there is not; got arg.amount <= 10\n  help: did you mean args?',
    ],
    [
      'a condition that is no expression',
      rule(WHO, 'tools: [get]', 'effect: allow', 'when: "args.amount <="'),
      'p.yaml:8:26: rules[0].when: unexpected token: EOF, at `the end`; got "args.amount <="',
    ],
    [
      'a condition that is a truth value',
      rule(WHO, 'tools: [get]', 'effect: allow', 'when: true'),
      'p.yaml:8:11: rules[0].when: must be a text; got true',
    ],
    [
      'a condition with a regular expression',
      rule(WHO, 'tools: [get]', 'effect: allow', `when: args.x.matches("(a+)+")`),
      'p.yaml:8:18: rules[0].when: uses `matches`: a regular expression can take any time',
    ],
    [
      'a binding to what nobody has',
      rule(WHO, 'tools: [get]', 'effect: allow', 'bind: { tenant_id: principal.org }'),
      'p.yaml:8:24: rules[0].bind.tenant_id: must be principal.id or principal.tenant or principal.client; got principal.org',
    ],
    [
      'a binding of what is no argument',
      rule(WHO, 'tools: [get]', 'effect: allow', 'bind: { "a b": principal.id }'),
      'p.yaml:8:13: rules[0].bind.a b: must be the name of an argument, or names inside each other',
    ],
    [
      'a binding where nothing is sent',
      rule(WHO, 'tools: [get]', 'effect: deny', 'bind: { tenant_id: principal.tenant }'),
      'p.yaml:8:11: rules[0].bind: has no meaning here',
    ],
    [
      'a moment without its zone',
      rule(WHO, 'tools: [get]', 'effect: allow', 'until: 2026-12-24T18:00'),
      'p.yaml:8:12: rules[0].until: must be a date and a time with their zone; got 2026-12-24T18:00',
    ],
    [
      'a time that is over before it begins',
      rule(WHO, 'tools: [get]', 'effect: allow', 'from: 2026-12-24T18:00Z', '    until: 2026-12-24T18:00Z'.trim()),
      'rules[0].until: is not after `from`, so the rule is never in force',
    ],
    [
      'records that are no arguments',
      rule(WHO, 'tools: [get]', 'effect: allow', 'records: [id]'),
      'p.yaml:8:15: rules[0].records[0]: must be an argument such as args.id; got id',
    ],
    [
      'a field in the manner of other languages',
      rule(WHO, 'tools: [get]', 'effect: allow', 'result: { keep: ["items[].id"] }'),
      'p.yaml:8:22: rules[0].result.keep[0]: must be the name of a field, or names inside each other such as owner.email; arrays are looked into by themselves; got "items[].id"',
    ],
    [
      'a class of data that there is not',
      rule(WHO, 'tools: [get]', 'effect: allow', 'result: { redact: [emails] }'),
      'p.yaml:8:24: rules[0].result.redact[0]: ',
    ],
    [
      'a result of which nothing is asked',
      rule(WHO, 'tools: [get]', 'effect: allow', 'result: {}'),
      'p.yaml:8:13: rules[0].result: asks for nothing',
    ],
    [
      'a denial with a result',
      rule(WHO, 'tools: [get]', 'effect: deny', 'result: { maxBytes: 65536 }'),
      'p.yaml:8:13: rules[0].result: has no meaning here',
    ],
    [
      'fields of a prompt',
      rule(WHO, 'prompts: [ask]', 'effect: allow', 'result: { keep: [id] }'),
      'p.yaml:8:13: rules[0].result: picks fields of a prompt',
    ],
    [
      'a watch rule whose action does not go with it',
      'version: 1\nupstream: crm\nwatch: [{ on: identical-calls, count: 9, within: 1m, then: freeze-principal }]\n',
      'p.yaml:3:60: watch[0].then: does not go with identical-calls; got freeze-principal\n  help: write `then: deny`',
    ],
    [
      'a watch rule that looks back too far',
      'version: 1\nupstream: crm\nwatch: [{ on: identical-calls, count: 9, within: 2d, then: deny }]\n',
      'p.yaml:3:50: watch[0].within: must be between 1s and 1d; got 2d',
    ],
    [
      'a watch rule that does not say how many are too many',
      'version: 1\nupstream: crm\nwatch: [{ on: identical-calls, within: 1m, then: deny }]\n',
      'p.yaml:3:9: watch[0].count: is missing',
    ],
    [
      'a flow of data that is counted',
      'version: 1\nupstream: crm\nwatch: [{ on: data-flow, count: 2, within: 1h, then: require-approval }]\n',
      'p.yaml:3:33: watch[0].count: has no meaning here; got 2\n  help: once is enough',
    ],
    [
      'a flow of data at any time',
      'version: 1\nupstream: crm\nwatch: [{ on: data-flow, then: require-approval }]\n',
      'p.yaml:3:9: watch[0].within: is missing',
    ],
    [
      'a label that there is not',
      'version: 1\nupstream: crm\nlabels: { publik: [get] }\n',
      'p.yaml:3:11: labels.publik: is no key that is known here',
    ],
    [
      'a limit of nothing',
      'version: 1\nupstream: crm\nlimits: [{ tools: [get] }]\n',
      'p.yaml:3:10: limits[0]: limits nothing; got { tools: [get] }',
    ],
    [
      'a limit in words of other programs',
      'version: 1\nupstream: crm\nlimits: [{ calls: 10/min }]\n',
      'p.yaml:3:19: limits[0].calls: must be a number and a time, such as 600/1m or 20/1h; got 10/min',
    ],
    [
      'a key that is nearly right',
      rule(WHO, 'tools: [get]', 'effect: allow', 'wehn: args.x'),
      'p.yaml:8:5: rules[0].wehn: is no key that is known here; got wehn\n  help: did you mean when?',
    ],
    [
      'a variable',
      rule('who: { groups: ["${env:GROUP}"] }', 'tools: [get]', 'effect: deny'),
      'p.yaml:5:21: rules[0].who.groups[0]: takes no variables; got ${env:GROUP}',
    ],
  ])('%s', (_what, text, expected) => {
    expect(messages(text)).toContain(expected);
    // A slip in a key leaves the key that was meant missing.
    const others = messages(text)
      .split('\n')
      .filter((line) => line.startsWith('p.yaml') && !line.endsWith(': is missing'));
    expect(others).toHaveLength(expected.includes(': is missing') ? 0 : 1);
  });

  it('tells every problem at once, in the order of the lines', () => {
    const text = rule('who: {}', 'tools: [7]', 'effect: alow', 'extra: 1');
    expect(messages(text).match(/^p\.yaml:\d+/gm)).toEqual(['p.yaml:5', 'p.yaml:6', 'p.yaml:7', 'p.yaml:8']);
  });
});

describe('a policy that is right is taken', () => {
  it.each<[string, string]>([
    ['a deny for everybody', rule('tools: [get]', 'effect: deny')],
    ['everybody with a scope', rule('who: { any: true, scopes: [s] }', 'tools: [get]', 'effect: allow')],
    ['resources by pattern', rule(WHO, "resources: ['crm://deals/*', 'crm:**', '**']", 'effect: allow')],
    ['prompts with completion', rule(WHO, 'prompts: [greet]', 'effect: allow', 'completion: true')],
    ['words in quotes', rule('who: { groups: ["yes", "NO"] }', 'tools: ["on"]', 'effect: allow')],
    ['no rule at all', 'version: 1\nupstream: crm\nclasses: { never: ["*"] }\n'],
    ['empty lists of classes', 'version: 1\nupstream: crm\nclasses: { read: [], never: [] }\nrules: []\n'],
  ])('%s', (_what, text) => {
    expect(messages(text)).toBe('taken');
  });
});

describe('renderProblems', () => {
  const problem = {
    severity: 'error',
    place: 'p.yaml:10:1',
    subject: 's',
    message: 'm',
    got: 'x\u001b[31m\u202e',
    help: null,
  } as const;

  it('lets nothing from a file steer the terminal', () => {
    expect(renderProblems([problem], { color: false })).toBe('p.yaml:10:1: s: m; got x\\u{1b}[31m\\u{202e}\n');
  });

  it('puts line 9 before line 10', () => {
    expect(renderProblems([problem, { ...problem, place: 'p.yaml:9:1' }], { color: false })).toMatch(/^p.yaml:9:1/);
  });

  it('marks warnings, and paints where there is a terminal', () => {
    expect(renderProblems([{ ...problem, severity: 'warning' }], { color: false })).toContain('warning: s: m');
    expect(renderProblems([problem], { color: true })).toContain('\u001b[1mp.yaml:10:1');
  });
});
