import type { HostStream } from './gateway.ts';

/** Nobody listens, and nobody can be asked. */
export const SILENT_STREAM: HostStream = {
  open: () => false,
  isThere: () => false,
  tellPageDone: () => undefined,
  progress: () => undefined,
  wantsProgress: false,
  log: () => undefined,
  ask: () => Promise.resolve(new Map()),
  room: () => null,
};
