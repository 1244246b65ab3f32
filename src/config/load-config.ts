import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import type { Problem } from '../core/problem.ts';
import { err, type Result } from '../core/result.ts';
import { buildConfig } from './build-config.ts';
import type { Surroundings } from './build-upstream.ts';
import type { Config } from './config.ts';
import { CONFIG_SCHEMA } from './config-schema.ts';
import { checkWritableByOthers, fileProblem } from './file-problem.ts';
import { readYaml } from './read-yaml.ts';
import { checkBySchema } from './schema-problems.ts';
import { substituteVariables } from './variables.ts';

const SECRET_FILE_BYTES_MAX = 64 * 1024;

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads `countersign.yaml`. Every problem comes at once; `Config.warnings` holds those that are no obstacle. */
export async function loadConfig(
  path: string,
  env: Environment = process.env,
): Promise<Result<Config, readonly Problem[]>> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => error.code ?? 'unknown error');
  if (typeof bytes === 'string') {
    return err([fileProblem('error', path, `cannot be read (${bytes})`, 'give its path with --config')]);
  }
  const parsed = parseConfig(path, bytes, dirname(resolve(path)), env);
  const warning = await checkWritableByOthers(path);
  if (!parsed.ok || warning === null) return parsed;
  // Whoever can write the file could have the gateway run any program.
  if (parsed.value.upstreams.some(({ kind }) => kind === 'stdio')) return err([{ ...warning, severity: 'error' }]);
  return { ...parsed, value: { ...parsed.value, warnings: [warning, ...parsed.value.warnings] } };
}

/** The same for a text that is in no file. Relative paths count from `dir`. */
export function parseConfig(
  name: string,
  bytes: Uint8Array,
  dir: string,
  env: Environment,
): Result<Config, readonly Problem[]> {
  const yaml = readYaml(name, bytes);
  if (!yaml.ok) return yaml;
  const surroundings = surroundingsOf(dir, env);
  const { value, problems } = substituteVariables(yaml.value, surroundings.variables);
  const file = checkBySchema(yaml.value, value, CONFIG_SCHEMA);
  // What a missing variable left empty has been complained about already.
  const places = new Set(problems.map(({ place }) => place));
  if (!file.ok) return err([...problems, ...file.error.filter(({ place }) => !places.has(place))]);
  const config = buildConfig(yaml.value, file.value, surroundings);
  if (problems.length === 0) return config;
  return err(config.ok ? problems : [...problems, ...config.error.filter(({ place }) => !places.has(place))]);
}

function surroundingsOf(dir: string, env: Environment): Surroundings {
  return {
    dir,
    variables: { env: (name) => env[name] ?? null, file: (path) => readSecretFile(resolve(dir, path)) },
    findProgram(command) {
      if (command.includes('/')) return isProgram(resolve(dir, command)) ? resolve(dir, command) : null;
      // Entries that are not absolute would mean whatever directory the gateway was started in.
      const dirs = (env['PATH'] ?? '').split(delimiter).filter((entry) => isAbsolute(entry));
      return dirs.map((entry) => join(entry, command)).find(isProgram) ?? null;
    },
  };
}

/** Without the line break that editors put at the end. A device or a pipe has no size, and need not end. */
function readSecretFile(path: string): string | null {
  try {
    const found = statSync(path);
    if (!found.isFile() || found.size > SECRET_FILE_BYTES_MAX) return null;
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)).replace(/\r?\n$/, '');
  } catch {
    return null;
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
