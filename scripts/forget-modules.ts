// Runs before each file of tests, in the process that stays: after a change of the code, all of it is loaded anew.
import { inject, vi } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Another number after each change of the code. */
    readonly codeVersion: number;
  }
}

declare global {
  var loadedVersion: number | undefined;
}

if (globalThis.loadedVersion !== inject('codeVersion')) vi.resetModules();
globalThis.loadedVersion = inject('codeVersion');
