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

describe('what is wrong with a condition is shown where it stands in it', () => {
  it.each<[string, string, string]>([
    [
      'a condition with a field that there is not',
      rule(WHO, 'tools: [get]', 'effect: allow', `when: args.x == 1 && principal.tennant == "x"`),
      'p.yaml:8:36: rules[0].when: names a field `principal.tennant` that there is not',
    ],
    [
      'a condition with a function that there is not',
      rule(WHO, 'tools: [get]', 'effect: allow', `when: '"x" == upper(args.x)'`),
      'p.yaml:8:19: rules[0].when: calls a function `upper` that there is not',
    ],
    [
      'a condition whose types do not fit',
      rule(WHO, 'tools: [get]', 'effect: allow', `when: args.x == 1 && env == 1`),
      'p.yaml:8:26: rules[0].when: no such overload: string == int',
    ],
    [
      'a condition over several lines',
      rule(WHO, 'tools: [get]', 'effect: allow', `when: |\n      args.x == 1 &&\n        arg.y == 2`),
      'p.yaml:10:9: rules[0].when: names a variable `arg` that there is not',
    ],
    [
      'a condition that is folded',
      rule(WHO, 'tools: [get]', 'effect: allow', `when: >-\n      args.x == 1 &&\n      arg.y == 2`),
      'p.yaml:10:7: rules[0].when: names a variable `arg` that there is not',
    ],
    [
      'a condition that goes on in the next line',
      rule(WHO, 'tools: [get]', 'effect: allow', `when: args.x == 1 &&\n      arg.y == 2`),
      'p.yaml:9:7: rules[0].when: names a variable `arg` that there is not',
    ],
    [
      'a condition behind an escape, which is placed at its beginning',
      rule(WHO, 'tools: [get]', 'effect: allow', 'when: "args.x == \\"a\\" && arg.y == 2"'),
      'p.yaml:8:11: rules[0].when: names a variable `arg` that there is not',
    ],
  ])('%s', (_what, text, expected) => {
    expect(messages(text)).toContain(expected);
  });
});
