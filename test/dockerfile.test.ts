import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { asShipped } from '../bench/targets/as-shipped.ts';
import { checkFiles } from '../src/cli/check.ts';
import { PROJECT, readProjectFile } from './support/project-files.ts';
import { NO_TOOLS, NOW_MS } from './support/policy.ts';

// What a linter for Dockerfiles would say, and what only this project can know.

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

const instructions = parseDockerfile(readProjectFile('Dockerfile'));
const stages = splitStages(instructions);
const final = stages.at(-1) ?? [];
const manifest = JSON.parse(readProjectFile('package.json')) as { readonly devDependencies: Record<string, string> };

const named = (name: string, among: readonly Instruction[] = instructions): readonly string[] =>
  among.filter((one) => one.name === name).map(({ rest }) => rest);

describe('Dockerfile', () => {
  it('starts every stage from the exact Node that the project pins', () => {
    const pinned = `node:${manifest.devDependencies['node']}-slim`;
    expect(named('FROM').map((rest) => rest.split(' ')[0])).toEqual(stages.map(() => pinned));
  });

  it('builds in one stage and runs in another', () => {
    expect(stages).toHaveLength(2);
    expect(named('COPY', final).some((rest) => rest.startsWith('--from=build '))).toBe(true);
  });

  it('runs as a number that is not root, set after the last step that writes', () => {
    expect(named('USER', final)).toEqual(['10001:10001']);
    const last = final.findIndex(({ name }) => name === 'USER');
    expect(final.slice(last).filter(({ name }) => ['RUN', 'COPY'].includes(name))).toEqual([]);
  });

  it('gives the gateway nothing to write but /data', () => {
    expect(named('VOLUME', final)).toEqual(['/data']);
    expect(named('COPY', final).filter((rest) => rest.includes('--chown'))).toEqual([]);
  });

  it('installs what the lock says, before the sources are there, and without running its scripts', () => {
    const build = stages[0] ?? [];
    const install = build.findIndex(({ name, rest }) => name === 'RUN' && rest.startsWith('npm ci'));
    const lock = build.findIndex(({ name, rest }) => name === 'COPY' && rest.includes('package-lock.json'));
    const sources = build.findIndex(({ name, rest }) => name === 'COPY' && rest.startsWith('src'));
    expect(lock).toBeGreaterThan(-1);
    expect(install).toBeGreaterThan(lock);
    expect(sources).toBeGreaterThan(install);
    expect(named('RUN').filter((rest) => /\bnpm (?:ci|i|install|prune)\b(?!.*--ignore-scripts)/.test(rest))).toEqual(
      [],
    );
  });

  it('leaves development dependencies behind', () => {
    expect(named('RUN', stages[0]).some((rest) => rest.includes('npm prune --omit=dev'))).toBe(true);
    expect(named('ENV', final)).toContain('NODE_ENV=production');
  });

  it('fetches nothing by ADD, and takes no secret as an argument or environment', () => {
    expect(named('ADD')).toEqual([]);
    expect(named('ARG')).toEqual([]);
    expect(named('ENV').filter((rest) => /secret|token|password|key|credential/i.test(rest))).toEqual([]);
  });

  it('says how it is, by a program that is in the image and without a shell', () => {
    const [check = ''] = named('HEALTHCHECK', final);
    expect(check).toMatch(/--timeout=\d+s .*CMD \["node", "scripts\/healthcheck\.mjs"\]$/);
    expect(named('COPY', final)).toContain('scripts/healthcheck.mjs ./scripts/');
  });

  it('exposes both planes and gets signals itself', () => {
    expect(named('EXPOSE', final)).toEqual(['8420 8421']);
  });

  it('starts the gateway as `npm start` and the program itself do', () => {
    const { env, flags } = asShipped();
    const started = JSON.stringify(['node', ...flags, 'dist/main.js']).replaceAll(',', ', ');
    expect(named('ENTRYPOINT', final)).toEqual([started]);
    expect(named('ENV', final)).toContain(env.join(' '));
    const [first] = readProjectFile('src/main.ts').split('\n', 1);
    expect(first).toBe(`#!/usr/bin/env -S ${[...env, 'node', ...flags].join(' ')}`);
    // Linux reads no more of such a line (execve(2)).
    expect(first?.length).toBeLessThanOrEqual(255);
  });

  it('sends to the builder only what it copies', () => {
    const allowed = readProjectFile('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    const copied = named('COPY')
      .filter((rest) => !rest.startsWith('--from='))
      .flatMap((rest) => rest.split(' ').slice(0, -1));
    expect(allowed[0]).toBe('*');
    expect(allowed.slice(1).toSorted()).toEqual([...new Set(copied)].map((path) => `!${path}`).toSorted());
  });
});

describe('deploy/compose.yaml', () => {
  const compose = parse(readProjectFile('deploy/compose.yaml')) as {
    readonly services: Record<
      string,
      Record<string, unknown> & { readonly volumes: string[]; readonly ports: string[] }
    >;
  };

  it.each(Object.entries(compose.services))('takes every right from %s that it does not need', (_, service) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      pids_limit: expect.any(Number),
      mem_limit: expect.any(String),
    });
    expect(service).not.toHaveProperty('privileged');
    expect(service).not.toHaveProperty('environment');
    expect(service.volumes.filter((volume) => !volume.endsWith(':ro'))).toEqual(['data:/data']);
    expect(service.ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });
});

describe('deploy/countersign.yaml', () => {
  const options = { json: false, color: false };
  const config = join(PROJECT, 'deploy/countersign.yaml');

  it('is a configuration that starts', async () => {
    const { exitCode, output } = await checkFiles({ tools: NO_TOOLS, nowMs: NOW_MS, ...options, config, dir: null });
    expect(output).toBe('no errors, no warnings\n');
    expect(exitCode).toBe(0);
  });

  it('keeps what compose.yaml gives it a disk for', () => {
    const { store } = parse(readProjectFile('deploy/countersign.yaml')) as { readonly store: string };
    expect(store).toMatch(/^sqlite:\/data\//);
  });
});

/** Instructions with their continuation lines joined; no parser directives, no heredocs, and none wanted. */
function parseDockerfile(text: string): Instruction[] {
  return text
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const [name = '', ...rest] = line.split(' ');
      return { name, rest: rest.join(' ') };
    });
}

function splitStages(all: readonly Instruction[]): Instruction[][] {
  const split: Instruction[][] = [];
  for (const instruction of all) {
    if (instruction.name === 'FROM') split.push([]);
    split.at(-1)?.push(instruction);
  }
  return split;
}
