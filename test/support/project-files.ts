import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

export const PROJECT: string = resolve(import.meta.dirname, '../..');

/** Not part of what the project ships or reviews: made by tools, or by running it. */
const OUTSIDE = new Set(
  ['.git', 'node_modules', 'dist', 'data', 'coverage', 'test-output'].map((name) => join(PROJECT, name)),
);

/** Every file of the project, from its root, with `/` between the names. */
export function projectFiles(): string[] {
  return walk(PROJECT).map((path) => relative(PROJECT, path).replaceAll('\\', '/'));
}

export function readProjectFile(file: string): string {
  return readFileSync(join(PROJECT, file), 'utf8');
}

export function fileBytes(file: string): number {
  return statSync(join(PROJECT, file)).size;
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (OUTSIDE.has(path)) return [];
    return entry.isDirectory() ? walk(path) : entry.isFile() ? [path] : [];
  });
}
