import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Long enough that no slip does it, short enough to be no trouble. In CSS as well. */
export const HOLD_MS = 600;

export interface Hold {
  readonly isHeld: boolean;
  start(): void;
  /** Lets go before the time is over. `false`: it was not held. */
  stop(): boolean;
}

/** Something that is done by holding it. Letting go, or looking elsewhere, before the time is over does nothing. */
export function useHold(onDone: () => void): Hold {
  const going = useRef<object | null>(null);
  const [isHeld, setHeld] = useState(false);
  const done = useRef(onDone);
  done.current = onDone;
  const stop = (): boolean => {
    const wasHeld = going.current !== null;
    going.current = null;
    setHeld(false);
    return wasHeld;
  };
  useLayoutEffect(() => {
    addEventListener('blur', stop);
    document.addEventListener('visibilitychange', stop);
    return () => {
      going.current = null;
      removeEventListener('blur', stop);
      document.removeEventListener('visibilitychange', stop);
    };
  }, []);
  return {
    isHeld,
    stop,
    start() {
      if (going.current !== null) return;
      const hold = {};
      going.current = hold;
      setHeld(true);
      const finish = (): void => {
        if (going.current !== hold) return;
        stop();
        done.current();
      };
      // On a busy page the time can be over while somebody has let go and the page has not been told: it is before its next frame.
      setTimeout(() => requestAnimationFrame(finish), HOLD_MS);
    },
  };
}
