/** Whom to tell that an upstream's list of tools changed. */
export interface ToolsChanged {
  readonly add: (listener: () => void) => void;
  readonly announce: () => void;
}

/**
 * Tells once in a turn of the event loop: no list can have come between two announcements that are read together, and an upstream
 * that sends thousands of them must not make everybody's lists be gone through for each.
 */
export function createToolsChanged(): ToolsChanged {
  const listeners = new Set<() => void>();
  let isTold = false;
  return {
    add: (listener) => {
      listeners.add(listener);
    },
    announce: () => {
      if (isTold) return;
      isTold = true;
      setImmediate(() => {
        isTold = false;
      });
      for (const listener of listeners) listener();
    },
  };
}
