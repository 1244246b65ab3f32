import { describe, expect, it } from 'vitest';
import { policyOf, watchRule } from '../../support/policy.ts';

const RULE = { id: 'r', who: { any: true }, tools: ['get'], effect: 'approve' };
const BASE = {
  upstream: 'crm',
  classes: { read: ['get'], write: ['put'], byArgument: { manage: { argument: 'action', read: ['view'] } } },
  rules: [{ ...RULE, bind: { owner: 'principal.id' }, approval: { by: { groups: ['leads'] }, expires: '5m' } }],
  limits: [{ calls: '9/1m', spend: { cost: 2, budget: '9/1d' } }],
  watch: [watchRule('identical-calls', 'deny', { count: 9, within: '1m' })],
};
const versionOf = (file: object): string => policyOf([file]).version;
const withRule = (change: object): object => ({ ...BASE, rules: [{ ...BASE.rules[0], ...change }] });

describe('the version of a policy', () => {
  it('is the same for the same, written in any order', () => {
    const { upstream, ...rest } = BASE;
    expect(versionOf({ ...rest, upstream })).toBe(versionOf(BASE));
    expect(versionOf(BASE)).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each<[string, object]>([
    ['upstream', { ...BASE, upstream: 'wiki' }],
    ['class', { ...BASE, classes: { ...BASE.classes, write: [] } }],
    [
      'tool that an argument classes',
      { ...BASE, classes: { ...BASE.classes, byArgument: { admin: BASE.classes.byArgument.manage } } },
    ],
    [
      'value of an argument',
      { ...BASE, classes: { ...BASE.classes, byArgument: { manage: { argument: 'action', read: ['list'] } } } },
    ],
    ['person', withRule({ who: { users: ['bob'] } })],
    ['scope', withRule({ who: { any: true, scopes: ['x'] } })],
    ['thing', withRule({ tools: ['put'] })],
    ['kind of thing', withRule({ tools: undefined, bind: undefined, prompts: ['get'] })],
    ['binding', withRule({ bind: { owner: 'principal.client' } })],
    ['bound argument', withRule({ bind: { user: 'principal.id' } })],
    ['effect', withRule({ effect: 'allow', approval: undefined })],
    ['condition', withRule({ when: 'args.x == 1' })],
    ['approver', withRule({ approval: { by: { groups: ['bosses'] }, expires: '5m' } })],
    ['end of an approval', withRule({ approval: { by: { groups: ['leads'] }, expires: '6m' } })],
    ['number of approvers', withRule({ approval: { by: { groups: ['leads'] }, expires: '5m', count: 2 } })],
    ['limit', { ...BASE, limits: [{ ...BASE.limits[0], calls: '8/1m' }] }],
    ['window', { ...BASE, limits: [{ ...BASE.limits[0], calls: '9/2m' }] }],
    ['price', { ...BASE, limits: [{ ...BASE.limits[0], spend: { cost: 3, budget: '9/1d' } }] }],
    ['budget', { ...BASE, limits: [{ ...BASE.limits[0], spend: { cost: 2, budget: '8/1d' } }] }],
    ['people of a limit', { ...BASE, limits: [{ ...BASE.limits[0], who: { groups: ['x'] } }] }],
    ['things of a limit', { ...BASE, limits: [{ ...BASE.limits[0], tools: ['get'] }] }],
    ['private thing', { ...BASE, labels: { private: ['get'] } }],
    ['untrusted thing', { ...BASE, labels: { untrusted: ['get'] } }],
    ['external thing', { ...BASE, labels: { external: ['get'] } }],
    ['field of a result', withRule({ result: { keep: ['id'] } })],
    ['refusal of undeclared arguments', { ...BASE, undeclaredArguments: 'deny' }],
    ['preview', withRule({ approval: { preview: { tool: 'get' } } })],
    ['offer', withRule({ approval: { grant: { count: 3, for: '5m' } } })],
    ['watch rule', { ...BASE, watch: [watchRule('identical-calls', 'deny', { count: 8, within: '1m' })] }],
  ])('is another with another %s', (_what, file) => {
    expect(versionOf(file)).not.toBe(versionOf(BASE));
  });

  it.each([
    { environment: 'dev' },
    { unclassified: 'approve' },
    { approvalExpiresMs: 1 },
    { approversMin: 2 },
  ] as const)('is another under %j', (options) => {
    expect(policyOf([BASE], options).version).not.toBe(versionOf(BASE));
  });
});
