import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT } from './project-files.ts';
import { runProgram } from './start-process.ts';

export const INSPECTOR_ERAS = ['legacy', 'auto', 'modern'] as const;
export type InspectorEra = (typeof INSPECTOR_ERAS)[number];

export interface InspectorRun {
  readonly exitCode: number | null;
  /** What it got: on standard output where it is content, on standard error where it is not. */
  readonly result: { readonly tools?: readonly { readonly name: string }[]; readonly [member: string]: unknown } | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

const INSPECTOR = join(PROJECT, 'node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js');

/** The Inspector's command line, without a home of its own to remember anything in. */
export async function runInspector(
  target: { readonly url: string; readonly token: string; readonly era: InspectorEra },
  args: readonly string[],
): Promise<InspectorRun> {
  const home = mkdtempSync(join(tmpdir(), 'countersign-inspector-'));
  const { url, token, era } = target;
  const where = ['--cli', url, '--transport', 'http', '--header', `Authorization: Bearer ${token}`];
  const { exitCode, stdout, stderr } = await runProgram(
    [process.execPath, INSPECTOR, ...where, '--protocol-era', era, '--format', 'json', '-q', ...args],
    { env: { HOME: home } },
  );
  rmSync(home, { recursive: true });
  return { exitCode, result: member(stdout, 'result'), error: member(stderr, 'error') };
}

/** The member of the first line that is a JSON object with it. */
function member<T>(text: string, name: string): T | null {
  for (const line of text.split('\n').filter((each) => each.startsWith('{'))) {
    const document = JSON.parse(line) as Record<string, T>;
    if (document[name] !== undefined) return document[name];
  }
  return null;
}
