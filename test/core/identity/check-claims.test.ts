import { describe, expect, it } from 'vitest';
import { type ClaimRules, checkClaims } from '../../../src/core/identity/check-claims.ts';
import type { JsonObject } from '../../../src/core/json/value.ts';

const NOW = 1_800_000_000;
const OURS = 'https://gw.example.com/mcp';
const rules: ClaimRules = {
  issuer: 'https://login.example.com',
  audiences: new Set([OURS, `${OURS}/crm`]),
  clockSkewMs: 60_000,
  lifetimeMsMax: null,
};
const good: JsonObject = { iss: rules.issuer, aud: OURS, exp: NOW + 600 };
const check = (claims: Record<string, unknown>, changed: Partial<ClaimRules> = {}) =>
  checkClaims({ ...good, ...claims } as JsonObject, { ...rules, ...changed }, NOW * 1000);

describe('checkClaims', () => {
  it.each([
    ['nothing but what is needed', {}],
    ['one audience in a list', { aud: [OURS] }],
    ['several audiences that are all ours', { aud: [OURS, `${OURS}/crm`] }],
    ['an end within the skew', { exp: NOW - 59 }],
    ['a beginning within the skew', { nbf: NOW + 60, iat: NOW + 60 }],
  ])('accepts %s', (_, claims) => {
    expect(check(claims).ok).toBe(true);
  });

  it('says until when, skew included', () => {
    expect(check({})).toEqual({ ok: true, value: (NOW + 660) * 1000 });
  });

  it.each([
    ['another issuer', { iss: 'https://evil.example' }],
    ['the issuer with a slash', { iss: `${rules.issuer}/` }],
    ['the issuer in another case', { iss: 'https://LOGIN.example.com' }],
    ['the issuer in a list', { iss: [rules.issuer] }],
    ['no issuer', { iss: undefined }],
    ['another audience', { aud: 'https://other.example.com/mcp' }],
    ['ours and another audience', { aud: [OURS, 'https://other.example.com'] }],
    ['no audience', { aud: undefined }],
    ['an empty list of audiences', { aud: [] }],
    ['an audience that begins like ours', { aud: 'https://gw.example.com/mcp.evil' }],
    ['an audience that is the start of ours', { aud: 'https://gw.example.com' }],
    ['an audience on a host that begins like ours', { aud: 'https://gw.example.com.evil/mcp' }],
    ['our audience with a slash', { aud: `${OURS}/` }],
    ['our audience in another case', { aud: OURS.toUpperCase() }],
    ['an audience inside an object', { aud: { 0: OURS } }],
    ['an audience in a list in a list', { aud: [[OURS]] }],
    ['no end', { exp: undefined }],
    ['an end as text', { exp: String(NOW + 600) }],
    ['an end with a fraction', { exp: NOW + 600.5 }],
    ['a negative end', { exp: -1 }],
    ['an end beyond all time', { exp: 1e300 }],
    ['an end in milliseconds', { exp: (NOW + 600) * 1000 }],
    ['a beginning in the future', { nbf: NOW + 61 }],
    ['a beginning as text', { nbf: '0' }],
    ['issue in an hour', { iat: NOW + 3600 }],
    ['issue as null', { iat: null }],
  ])('refuses %s as invalid', (_, claims) => {
    expect(check(claims)).toMatchObject({ ok: false, error: { kind: 'invalid' } });
  });

  it.each([NOW - 60, NOW - 61, 0])('calls an end at %s expired', (exp) => {
    expect(check({ exp })).toMatchObject({ ok: false, error: { kind: 'expired' } });
  });

  it.each([
    [{ iat: NOW, exp: NOW + 3600 }, true],
    [{ iat: NOW, exp: NOW + 3601 }, false],
    [{ exp: NOW + 600 }, false],
  ])('with a cap of one hour on its life, %j is accepted: %s', (claims, accepted) => {
    expect(check(claims, { lifetimeMsMax: 3_600_000 }).ok).toBe(accepted);
  });
});
