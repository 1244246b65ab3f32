/** Whom to tell that an upstream's list of tools changed. */
export interface ToolsChanged {
  readonly add: (listener: () => void) => void;
  readonly announce: () => void;
}

export function createToolsChanged(): ToolsChanged {
  const listeners = new Set<() => void>();
  return {
    add: (listener) => {
      listeners.add(listener);
    },
    announce: () => {
      for (const listener of listeners) listener();
    },
  };
}
