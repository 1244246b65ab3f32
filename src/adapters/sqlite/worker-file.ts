/**
 * The file of a worker of this folder. The compiler rewrites the extension of imports but not of this name: the worker is as built as the
 * file that starts it.
 */
export function workerFile(name: 'store-worker' | 'verify-worker'): URL {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return new URL(`./${name}.${extension}`, import.meta.url);
}
