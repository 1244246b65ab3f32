import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

// Every row of the README has a test, or says what it waits for; and no row is left out.

const ROWS = 43;

interface Row {
  readonly number: number;
  readonly here: string;
}

const rows: readonly Row[] = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const cells = line.split('|').map((cell) => cell.trim());
    return /^\d+$/.test(cells[1] ?? '') ? [{ number: Number(cells[1]), here: cells.at(-2) ?? '' }] : [];
  });
const tested = readdirSync(import.meta.dirname)
  .filter((file) => /^\d\d-.*\.test\.ts$/.test(file))
  .map((file) => Number(file.slice(0, 2)));

it('stands in the README, once', () => {
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: ROWS }, (_, index) => index + 1));
});

it('has one file where the README says that it is tested', () => {
  const said = rows.filter(({ here }) => here.startsWith('tested')).map(({ number }) => number);
  expect(tested.toSorted((a, b) => a - b)).toEqual(said);
});

it('waits for something where it has none', () => {
  const others = rows.filter(({ here }) => !here.startsWith('tested'));
  expect(others.filter(({ here }) => !/^waits for \w+/.test(here))).toEqual([]);
});
