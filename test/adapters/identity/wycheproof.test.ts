import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createKeySet, verifySignature } from '../../../src/adapters/identity/verify-signature.ts';
import { parseJws } from '../../../src/core/identity/parse-jws.ts';
import { parseKeySet } from '../../../src/core/identity/parse-key-set.ts';
import { readJson } from '../../../src/core/json/read-json.ts';

// The vectors of Project Wycheproof, through the same three steps that a token of a real issuer takes.

interface Vectors {
  readonly testGroups: readonly {
    readonly comment: string;
    readonly public?: Record<string, unknown>;
    readonly private?: Record<string, unknown>;
    readonly tests: readonly { tcId: number; comment: string; jws: unknown; result: 'valid' | 'invalid' }[];
  }[];
}

const ALLOWED = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'];

const signatures = vectorsOf('wycheproof-json_web_signature.json');
const keySets = vectorsOf('wycheproof-json_web_key.json');

describe('invalid vectors are refused', () => {
  it.each([...signatures, ...keySets].filter(({ result }) => result === 'invalid'))('$name', async ({ jws, keys }) => {
    expect(await isAccepted(jws, keys)).toBe(false);
  });
});

describe('valid vectors with published keys of allowed algorithms are accepted', () => {
  // A token without claims is none of ours. Two figures of RFC 7520 are signed with another algorithm than their key names.
  const valid = [...signatures, ...keySets].filter(
    ({ result, isPublic, name }) => result === 'valid' && isPublic && !/emptyPayload$|Figure(20|27)$/.test(name),
  );
  it.each(valid)('$name', async ({ jws, keys }) => {
    expect(await isAccepted(jws, keys)).toBe(true);
  });

  it('are enough of them to mean something', () => {
    expect(valid.length).toBeGreaterThan(25);
  });
});

async function isAccepted(jws: unknown, keys: unknown): Promise<boolean> {
  if (typeof jws !== 'string' || !parseJws(jws).ok) return false;
  const json = readJson(Buffer.from(JSON.stringify(keys)), {
    bytesMax: 100_000,
    depthMax: 8,
    keysMax: 1000,
    itemsMax: 1000,
  });
  const parsed = json.ok ? parseKeySet(json.value) : json;
  const set = parsed.ok ? createKeySet(parsed.value) : parsed;
  return set.ok && (await verifySignature(jws, set.value, ALLOWED)) === 'verified';
}

function vectorsOf(file: string) {
  const path = new URL(`../../fixtures/${file}`, import.meta.url);
  const { testGroups } = JSON.parse(readFileSync(path, 'utf8')) as Vectors;
  return testGroups.flatMap((group) => {
    const key = group.public ?? group.private ?? {};
    return group.tests.map((test) => ({
      name: `${group.comment} ${test.tcId} ${test.comment}`,
      jws: test.jws,
      result: test.result,
      keys: 'keys' in key ? key : { keys: [key] },
      isPublic: group.public !== undefined,
    }));
  });
}
