import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';

export interface SecretSample {
  readonly rule: string;
  readonly expect: 'secret' | 'clean';
  readonly text: string;
}

/** Strings with and without secrets from the tests of public scanners; the file names its sources and licences. */
export function loadSecretSamples(): readonly SecretSample[] {
  const file = new URL('../fixtures/secret-samples-dev.json', import.meta.url);
  const { samples } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly samples: readonly { readonly rule: string; readonly expect: 'secret' | 'clean'; readonly b64: string }[];
  };
  return samples.map(({ rule, expect, b64 }) => ({ rule, expect, text: Buffer.from(b64, 'base64').toString('utf8') }));
}
