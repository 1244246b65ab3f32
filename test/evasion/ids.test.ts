import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

// The cases that a release must have tried over real sockets. Each file says what its letter stands for.

const CASES: Readonly<Record<string, string>> = {
  D: '01 02 03 06 07 08 10 12 13 14 15',
  E: '01 02 03 05 07 08 10 11 13 14 15 17 18',
  F: '01 02 03 05 07 10 11 12 13 14 15 17 18 20',
  G: '01 02 04 05 06 07 08 09',
  J: '01 02 03 04 05 07 08 09 10 11 12 13 15 16 17 19 21',
  K: '01 02 03 04 05 06 08 10',
  M: '01 02 03 04 05 06 07 09 17',
  Q: '01 02 04 05 07',
};

const texts = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.test.ts') && name !== 'ids.test.ts')
  .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
  .join('\n');

it.each(Object.entries(CASES))('every case of class %s has an attempt', (letter, numbers) => {
  const missing = numbers.split(' ').filter((number) => !new RegExp(`\\b${letter}${number}\\b`).test(texts));
  expect(missing).toEqual([]);
});
