import { describe, expect, it } from 'vitest';
import { GRANTS_MAX, principalFromClaims } from '../../../src/core/identity/principal-from-claims.ts';
import type { JsonObject } from '../../../src/core/json/value.ts';

const names = { groups: 'groups', scopes: 'scope', name: 'email', tenant: 'org_id' };
const read = (claims: Record<string, unknown>, changed: Partial<typeof names> = {}) =>
  principalFromClaims({ sub: 'alice', ...claims } as JsonObject, {
    issuer: 'https://login.example.com',
    names: { ...names, ...changed },
    credentialId: 'jwt_1',
    areAudiencesResources: true,
  });
const scopesOf = (claims: Record<string, unknown>) => {
  const principal = read(claims);
  return principal.ok ? principal.value.scopes : null;
};

describe('principalFromClaims', () => {
  it('reads everything that an issuer may say', () => {
    const claims = {
      aud: 'https://gw.example.com/mcp',
      email: 'alice@example.com',
      groups: ['sales', 'eu'],
      scope: 'crm.read crm.write',
      org_id: 'acme',
      client_id: 'cursor',
    };
    expect(read(claims)).toEqual({
      ok: true,
      value: {
        id: 'https://login.example.com#alice',
        name: 'alice@example.com',
        groups: ['sales', 'eu'],
        scopes: ['crm.read', 'crm.write'],
        tenant: 'acme',
        client: 'cursor',
        credentialId: 'jwt_1',
        issuer: 'https://login.example.com',
        resources: ['https://gw.example.com/mcp'],
      },
    });
  });

  it('gives no rights for what an issuer does not say', () => {
    expect(read({})).toMatchObject({
      ok: true,
      value: { name: 'alice', groups: [], scopes: [], tenant: null, client: 'unnamed' },
    });
  });

  it.each([
    ['a text', { scope: 'a b' }, ['a', 'b']],
    ['a list', { scope: ['a', 'b'] }, ['a', 'b']],
    ['an empty text', { scope: '' }, []],
    ['an empty list', { scope: [] }, []],
    ['nothing', {}, []],
    ['scp where there is no scope', { scp: ['a'] }, ['a']],
    ['scope where there are both, and no sum of them', { scope: 'a', scp: 'a admin' }, ['a']],
    ['an empty scope where there are both', { scope: '', scp: 'admin' }, []],
    ['tokens that look like patterns, as they are', { scope: 'tools:*x TOOLS:READ' }, ['tools:*x', 'TOOLS:READ']],
  ])('takes as scopes %s', (_, claims, scopes) => {
    expect(scopesOf(claims)).toEqual(scopes);
  });

  it.each([
    ['an object', {}],
    ['a number', 7],
    ['null', null],
    ['true', true],
    ['two spaces', 'read  write'],
    ['a space at the end', 'read '],
    ['a tab', 'read\twrite'],
    ['a quotation mark', 'read "write"'],
    ['a letter outside ASCII', 'réad'],
    ['a list with a number', ['read', 1]],
    ['a list with two tokens in one', ['read write']],
    ['a list in a list', [['read']]],
    ['too many', Array.from({ length: GRANTS_MAX + 1 }, (_, n) => `s${n}`)],
    ['one that is too long', 'x'.repeat(256)],
  ])('refuses scopes that are %s', (_, scope) => {
    expect(read({ scope }).ok).toBe(false);
  });

  it.each([
    ['no subject', { sub: undefined }],
    ['an empty subject', { sub: '' }],
    ['a subject that is a number', { sub: 7 }],
    ['a subject with a line break', { sub: 'alice\nadmin' }],
    ['a subject that is too long', { sub: 'a'.repeat(256) }],
    ['groups that are a text', { groups: 'sales' }],
    ['groups that are an object', { groups: { 0: 'sales' } }],
    ['groups with a number', { groups: ['sales', 1] }],
    ['groups that are null', { groups: null }],
    ['too many groups', { groups: Array.from({ length: GRANTS_MAX + 1 }, (_, n) => `g${n}`) }],
    ['a name that is no text', { email: ['alice'] }],
    ['a tenant that is no text', { org_id: 7 }],
    ['a client that is no text', { client_id: {} }],
  ])('refuses %s', (_, claims) => {
    expect(read(claims).ok).toBe(false);
  });

  it.each([
    ['azp where there is no client_id', { azp: 'web' }, 'web'],
    ['client_id where there are both', { client_id: 'cli', azp: 'web' }, 'cli'],
  ])('takes as the client %s', (_, claims, client) => {
    expect(read(claims)).toMatchObject({ ok: true, value: { client } });
  });

  it('reads a claim by its whole name, and only where the operator says so', () => {
    const claims = { 'https://example.com/groups': ['a'], groups: ['b'], org_id: 'acme' };
    const principal = principalFromClaims(
      { sub: 'alice', ...claims },
      {
        issuer: 'i',
        names: { ...names, groups: 'https://example.com/groups', tenant: null },
        credentialId: 'c',
        areAudiencesResources: false,
      },
    );
    expect(principal).toMatchObject({ ok: true, value: { groups: ['a'], tenant: null } });
  });
});
