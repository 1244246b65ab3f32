import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from './project-files.ts';

export interface SuiteCase {
  readonly name: string;
  /** By the first letter of the name: RFC 8259 says yes, no, or leaves it open. */
  readonly expect: 'accept' | 'reject' | 'either';
  readonly bytes: Buffer;
}

/** JSONTestSuite by Nicolas Seriot; the file says from which commit, and its licence. */
export function jsonParsingSuite(): readonly SuiteCase[] {
  const text = readFileSync(join(PROJECT, 'test/fixtures/json-parsing-suite.json'), 'utf8');
  const { cases } = JSON.parse(text) as {
    readonly cases: readonly { readonly name: string; readonly expect: SuiteCase['expect']; readonly b64: string }[];
  };
  return cases.map(({ name, expect, b64 }) => ({ name, expect, bytes: Buffer.from(b64, 'base64') }));
}
