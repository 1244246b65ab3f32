import { describe, expect, it } from 'vitest';
import { diffPolicies } from '../../../src/core/policy/diff-policies.ts';
import { NOW_MS, policyOf } from '../../support/policy.ts';

const CLASSES = { read: ['get', 'search_*'], write: ['put'] };
const READ = { id: 'read', who: { groups: ['sales'] }, tools: { class: 'read' }, effect: 'allow' };

function diff(before: object, after: object) {
  const file = { upstream: 'crm', classes: CLASSES, rules: [READ] };
  const [was, is] = [policyOf([{ ...file, ...before }]), policyOf([{ ...file, ...after }])];
  const { access, rules } = diffPolicies(was, is, NOW_MS);
  return {
    access: access.map(({ who, change, tool, ...each }) => `${who} ${change} ${tool}: ${each.before} to ${each.after}`),
    rules: rules.map(({ id, change, keys }) => `${id} ${change} ${keys.join()}`.trim()),
    since: access.map(({ fromMs }) => fromMs),
  };
}

describe('diffPolicies', () => {
  it('finds nothing where nothing differs', () => {
    expect(diff({}, {})).toEqual({ access: [], rules: [], since: [] });
  });

  it.each<[string, object, readonly string[], readonly string[]]>([
    [
      'a group that a rule takes in',
      { rules: [{ ...READ, who: { groups: ['sales', 'interns'] } }] },
      ['group interns gains get: hidden to allow', 'group interns gains search_*: hidden to allow'],
      ['read changed who'],
    ],
    [
      'a rule that is gone',
      { rules: [] },
      ['group sales loses get: allow to hidden', 'group sales loses search_*: allow to hidden'],
      ['read removed'],
    ],
    [
      'a rule for everybody, once, and for a group only what differs from that',
      { rules: [READ, { id: 'all', who: { any: true }, tools: ['put', 'get'], effect: 'allow' }] },
      ['everybody gains get: hidden to allow', 'everybody gains put: hidden to approve'],
      ['all added'],
    ],
    [
      'a user by name',
      { rules: [READ, { id: 'bob', who: { users: ['bob'] }, tools: ['get'], effect: 'approve' }] },
      ['user bob gains get: hidden to approve'],
      ['bob added'],
    ],
    [
      'a class that is stricter',
      { classes: { ...CLASSES, never: ['get'] } },
      ['group sales loses get: allow to hidden'],
      [],
    ],
    [
      'a condition, by its rule alone, because whom it concerns depends on arguments',
      { rules: [{ ...READ, when: 'args.amount <= 1.0' }] },
      [],
      ['read changed when'],
    ],
    [
      'the scopes that a rule asks for, by its rule alone',
      { rules: [{ ...READ, who: { groups: ['sales'], scopes: ['x'] } }] },
      [],
      ['read changed who'],
    ],
  ])('finds %s', (_, after, access, rules) => {
    expect(diff({}, after)).toMatchObject({ access, rules });
  });

  it('finds a rule that comes into force later, and says when', () => {
    const later = {
      id: 'later',
      who: { groups: ['audit'] },
      tools: ['get'],
      effect: 'allow',
      from: '2027-01-01T00:00Z',
    };
    const found = diff({}, { rules: [READ, later] });
    expect(found.access).toEqual(['group audit gains get: hidden to allow']);
    expect(found.since).toEqual([Date.UTC(2027, 0, 1)]);
  });

  it('says the first of several moments, in whatever order they stand', () => {
    const from = (id: string, effect: string, moment: string) => {
      return { id, who: { groups: ['audit'] }, tools: ['get'], effect, from: moment };
    };
    const rules = [from('b', 'allow', '2027-02-01T00:00Z'), from('a', 'approve', '2027-01-01T00:00Z')];
    for (const later of [rules, rules.toReversed()]) {
      const found = diff({}, { rules: [READ, ...later] });
      expect(found.access).toEqual(['group audit gains get: hidden to approve']);
      expect(found.since).toEqual([Date.UTC(2027, 0, 1)]);
    }
  });
});
