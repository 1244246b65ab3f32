import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT } from '../support/project-files.ts';
import { type ProgramRun, runProgram } from '../support/start-process.ts';

// What every command says of what went wrong, as a process of its own: on stderr, in words or as one JSON document.

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'countersign-faults-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

const env = { COUNTERSIGN_ADMIN_URL: 'http://127.0.0.1:1', COUNTERSIGN_ADMIN_TOKEN: 'csa_x' };
const run = (...args: readonly string[]): Promise<ProgramRun> =>
  runProgram([process.execPath, join(PROJECT, 'src/main.ts'), ...args], { cwd: dir, env });

const UNREACHABLE = /cannot be reached|cannot reach|refused/i;

describe('what goes wrong', () => {
  it.each<[string, number, RegExp]>([
    ['frobnicate', 2, /unknown command/],
    ['kill', 2, /say why with --reason/],
    ['token create', 2, /missing required argument/],
    ['token create alice --ttl x', 2, /must be a whole number and a unit/],
    ['approvals ls', 3, UNREACHABLE],
    ['audit export', 3, UNREACHABLE],
    ['audit verify nothing.db', 2, /cannot be read/],
    ['scan --tools nothing.json', 2, /cannot be read/],
    ['check --tools crm=nothing.json', 2, /cannot be read/],
    ['redact nothing.txt', 2, /nothing\.txt cannot be read \(ENOENT\)/],
  ])('countersign %s: exit code %d, in words and as JSON', async (line, exitCode, message) => {
    const [words, document] = await Promise.all([run(...line.split(' ')), run(...line.split(' '), '--json')]);
    expect([words.exitCode, words.stdout, document.exitCode, document.stdout]).toEqual([exitCode, '', exitCode, '']);
    expect(words.stderr).toMatch(message);
    const said = JSON.parse(document.stderr) as { readonly help: unknown };
    expect(said).toEqual({ ok: false, message: expect.stringMatching(message) as string, help: said.help });
    expect(words.stderr + document.stderr).not.toMatch(/\n\s+at |node:/);
  });

  it.each([
    ['diff nowhere here', 2],
    ['replay --policies nowhere', 2],
    ['check --policies nowhere', 1],
    ['explain --as alice --tool crm/get --policies nowhere', 1],
  ])(
    'countersign %s: exit code %d, and no empty policy in place of a directory that is not there',
    async (line, code) => {
      const { exitCode, stdout } = await run(...line.split(' '), '--json');
      expect(exitCode).toBe(code);
      const { ok, problems } = JSON.parse(stdout) as { ok: boolean; problems: readonly { message: string }[] };
      expect([ok, problems[0]?.message]).toEqual([false, 'there is no such directory']);
    },
  );

  it('in a start says every problem as JSON, too', async () => {
    const { exitCode, stdout, stderr } = await run('up', '--config', 'nothing.yaml', '--json');
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(JSON.parse(stderr)).toMatchObject({ ok: false, problems: [{ place: 'nothing.yaml' }] });
  });
});
