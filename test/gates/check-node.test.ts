import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT } from '../support/project-files.ts';

describe('scripts/check-node.mjs', () => {
  it.each(['24.15.0', '24.21.0', '26.0.0'])('is content with Node %s', (version) => {
    expect(checkAs(version)).toEqual({ status: 0, stderr: '' });
  });

  it.each(['18.0.0', '20.20.2', '22.30.0', '24.14.9'])('says what to do on Node %s', (version) => {
    const { status, stderr } = checkAs(version);
    expect(status).toBe(1);
    expect(stderr).toContain(`Node 24.15 or later is needed; this is ${version}`);
    expect(stderr).toContain('npm rebuild node');
  });
});

function checkAs(version: string): { status: number | null; stderr: string } {
  const pretend = `Object.defineProperty(process, 'versions', { value: { node: '${version}' } })`;
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`, join(PROJECT, 'scripts/check-node.mjs')],
    { encoding: 'utf8' },
  );
  return { status, stderr };
}
