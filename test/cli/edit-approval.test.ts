import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type CliWorld, createCliWorld } from '../support/cli-world.ts';

const ID = 'apr_0000000000000000000001';
const EDITED = 'apr_0000000000000000000008';
const ARGS = '{"field":"stage","id":"D-42","value":"lost\\u202e"}';
let world: CliWorld;

beforeEach(async () => {
  world = await createCliWorld();
});

const edits = () => world.administration.calls.filter(({ method }) => method === 'edit').map(({ args }) => args);
const edit = (...args: readonly string[]) => world.run(['approvals', 'edit', ...args]);

function fileOf(text: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'countersign-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  writeFileSync(join(dir, 'args.json'), text);
  return join(dir, 'args.json');
}

describe('approvals edit', () => {
  it('proposes other arguments, and says what is different and what happens next', async () => {
    const run = await edit(ID.slice(4), '--args', ARGS, '-m', 'not won yet');
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.stdout).toContain(`Proposed ${EDITED} in the place of ${ID}`);
    expect(run.stdout).toContain('  /value: "won" → "lost\\u{202e}"\n');
    expect(run.stdout).not.toContain('/field');
    expect(edits()).toEqual([[ID, { field: 'stage', id: 'D-42', value: 'lost\u202e' }, 'not won yet']]);
  });

  it('takes them from a file', async () => {
    expect(await edit(ID, '--args', `@${fileOf(ARGS)}`)).toMatchObject({ exitCode: 0 });
    expect(edits()).toHaveLength(1);
  });

  it('says it as a document', async () => {
    expect(JSON.parse((await edit(ID, '--args', ARGS, '--json')).stdout)).toMatchObject({ id: EDITED });
  });

  it.each<[string, readonly string[], string]>([
    ['none', [], '--args'],
    ['no JSON', ['--args', '{'], 'must be a JSON object'],
    ['a list', ['--args', '[1]'], 'must be a JSON object'],
    ['a member twice', ['--args', '{"a":1,"a":2}'], 'must be a JSON object'],
    ['a file that is not there', ['--args', '@/nowhere/args.json'], 'cannot be read'],
  ])('sends nothing with %s', async (_, args, why) => {
    const run = await edit(ID, ...args);
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain(why);
    expect(edits()).toEqual([]);
  });

  it('says why the gateway refuses', async () => {
    world.administration.edit = () =>
      Promise.resolve({ ok: false, error: { kind: 'conflict', message: 'they hold a secret', help: 'Others.' } });
    expect(await edit(ID, '--args', ARGS)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'countersign: they hold a secret\nhelp: Others.\n',
    });
  });
});
