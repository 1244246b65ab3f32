import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProcessContext } from '../../src/cli/cli-context.ts';
import { registerUp } from '../../src/cli/up.ts';
import type { Problem } from '../../src/core/problem.ts';
import { err } from '../../src/core/result.ts';

const PROBLEM: Problem = {
  severity: 'error',
  place: 'countersign.yaml:1:1',
  subject: 'version',
  message: 'must be 1',
  got: '2',
  help: 'write 1',
};

async function stderrOf(terminals: { readonly color: boolean; readonly isStderrTty: boolean }): Promise<string> {
  let text = '';
  const context = {
    ...createProcessContext(new AbortController().signal),
    ...terminals,
    stderr: { write: (part: string) => (text += part) },
    exitWith: () => undefined,
  };
  const program = new Command('countersign');
  registerUp(program, context, { version: '0', serve: () => Promise.resolve(err([PROBLEM])) });
  await program.parseAsync(['up'], { from: 'user' });
  return text;
}

describe('what keeps a gateway from starting', () => {
  it.each([
    ['in colours where both go to a terminal', { color: true, isStderrTty: true }, true],
    ['without them where stderr is a file', { color: true, isStderrTty: false }, false],
    ['without them where nobody wants any', { color: false, isStderrTty: true }, false],
  ])('is said %s', async (_, terminals, isColored) => {
    const text = await stderrOf(terminals);
    expect(text).toContain('must be 1');
    expect(text.includes('\u001b[')).toBe(isColored);
  });
});
