import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createCliWorld } from '../support/cli-world.ts';

// Every example of docs/cli.md is run, and must print exactly what the page says.

const PAGE = new URL('../../docs/cli.md', import.meta.url);
const EXAMPLE = /^```console\n\$ countersign (.*)\n([^]*?)^```$/gm;

const page = readFileSync(PAGE, 'utf8');
const examples = [...page.matchAll(EXAMPLE)].map(([, line = '', output = '']) => ({ line, output }));

it.each(examples)('countersign $line', async ({ line, output }) => {
  expect(await print(line)).toBe(output);
});

it('are there for every command of this page', () => {
  const commands = new Set(examples.map(({ line }) => line.split(' -')[0]?.replace(/ \S*_\S*| \d+| alice/g, '')));
  expect([...commands]).toEqual([
    'approvals ls',
    'approvals show',
    'approvals approve',
    'approvals reject',
    'approvals edit',
    'approvals figures',
    'kill',
    'kill ls',
    'release',
    'audit tail',
    'audit show',
    'token create',
    'token ls',
    'token revoke',
    'upstreams',
  ]);
});

async function print(line: string): Promise<string> {
  const world = await createCliWorld();
  const words = line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g);
  const args = [...words].map(([, quoted, verbatim, plain]) => quoted ?? verbatim ?? plain ?? '');
  const { stdout, stderr, exitCode } = await world.run(args, { isTty: true, answer: 'y' });
  expect([stderr, exitCode]).toEqual(['', 0]);
  return stdout;
}
