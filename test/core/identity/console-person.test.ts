import { describe, expect, it } from 'vitest';
import { consolePersonOf, type ConsolePersonRules } from '../../../src/core/identity/console-person.ts';
import type { JsonObject } from '../../../src/core/json/value.ts';

const RULES: ConsolePersonRules = {
  issuer: 'https://login.example.com',
  groupsClaim: 'groups',
  userClaim: null,
  roles: {
    approver: ['group:leads', 'user:7'],
    operator: ['group:platform'],
    auditor: ['user:leads'],
    viewer: ['group:Staff'],
  },
};
const rolesOf = (claims: JsonObject) => {
  const person = consolePersonOf(claims, RULES);
  return person.ok ? person.value.roles : person.error;
};

describe('a person of an OpenID provider', () => {
  it('is who the issuer says, and has the groups of the claim', () => {
    expect(consolePersonOf({ sub: '1', groups: ['leads'], name: 'Olivia' }, RULES)).toEqual({
      ok: true,
      value: {
        subject: 'https://login.example.com#1',
        user: 'https://login.example.com#1',
        groups: ['leads'],
        roles: ['approver'],
      },
    });
  });

  it.each<[string, JsonObject, readonly string[]]>([
    ['several roles, by several groups', { sub: '1', groups: ['platform', 'leads'] }, ['approver', 'operator']],
    ['a role by their subject', { sub: '7' }, ['approver']],
    ['none for a group that looks like a subject', { sub: '1', groups: ['7'] }, []],
    ['the role of a subject that looks like a group', { sub: 'leads' }, ['auditor']],
    ['none for a group in other letters', { sub: '1', groups: ['LEADS', 'staff'] }, []],
    ['none for a group with a prefix', { sub: '1', groups: ['group:leads', '/leads'] }, []],
    ['none without groups', { sub: '1' }, []],
    ['none by claims that are not asked for', { sub: '1', roles: ['operator'], role: 'operator' }, []],
  ])('has %s', (_, claims, roles) => {
    expect(rolesOf(claims)).toEqual(roles);
  });

  it.each<[string, JsonObject]>([
    ['no subject', { groups: ['leads'] }],
    ['a subject that is a number', { sub: 7 }],
    ['a subject with a line break', { sub: '7\n' }],
    ['groups in one text', { sub: '7', groups: 'leads' }],
    ['groups that are no texts', { sub: '7', groups: ['leads', 1] }],
    ['more groups than anybody has', { sub: '7', groups: Array.from({ length: 257 }, (__, at) => `g${at}`) }],
  ])('is refused with %s', (_, claims) => {
    expect(consolePersonOf(claims, RULES).ok).toBe(false);
  });

  it.each<[string, string, JsonObject]>([
    ['is not there', 'email', { sub: '7' }],
    ['is not said to be verified', 'email', { sub: '7', email: 'a@example.com' }],
    ['is verified in another spelling', 'email', { sub: '7', email: 'a@example.com', email_verified: 'True' }],
    ['is verified by a number', 'email', { sub: '7', email: 'a@example.com', email_verified: 1 }],
    ['is verified by nothing', 'email', { sub: '7', email: 'a@example.com', email_verified: null }],
    ['is not verified', 'email', { sub: '7', email: 'a@example.com', email_verified: false }],
    ['is not verified, in a text', 'email', { sub: '7', email: 'a@example.com', email_verified: 'false' }],
    ['is no text', 'upn', { sub: '7', upn: ['a'] }],
  ])('is refused where the claim that names people %s', (_, userClaim, claims) => {
    expect(consolePersonOf(claims, { ...RULES, userClaim }).ok).toBe(false);
  });

  it.each([true, 'true'])('is named by an address that is verified: %j', (verified) => {
    const claims = { sub: '7', email: 'a@example.com', email_verified: verified };
    expect(consolePersonOf(claims, { ...RULES, userClaim: 'email' })).toMatchObject({
      value: { user: 'a@example.com' },
    });
  });

  it('says what is to be done about an address that nobody vouches for', () => {
    const person = consolePersonOf({ sub: '7', email: 'a@example.com' }, { ...RULES, userClaim: 'email' });
    expect(person).toMatchObject({
      error: expect.stringMatching(/email_verified: true.*console\.oidc\.claims\.user/) as string,
    });
    expect(JSON.stringify(person)).not.toContain('example.com');
  });
});
