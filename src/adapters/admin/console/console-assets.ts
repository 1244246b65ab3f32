import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** A file of the built console, in memory as it is sent. */
export interface ConsoleAsset {
  readonly type: string;
  readonly etag: string;
  readonly body: Buffer;
  readonly gzipped: Buffer;
}

/** All that is ever served: a request names one of these or nothing, and never a path. */
const ASSETS: Readonly<Record<string, string>> = {
  'console.js': 'text/javascript; charset=utf-8',
  'console.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
};

/** Reads the built console once. Without it, pages still work as forms; a missing file is not an error of whoever opens them. */
export function loadConsoleAssets(directory: string): ReadonlyMap<string, ConsoleAsset> {
  const loaded = Object.entries(ASSETS).flatMap(([name, type]) => {
    const body = readIfThere(join(directory, name));
    if (body === null) return [];
    const etag = `"${hash('sha256', body, 'base64url').slice(0, 22)}"`;
    return [[name, { type, etag, body, gzipped: gzipSync(body, { level: 9 }) }] as const];
  });
  return new Map(loaded);
}

function readIfThere(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
