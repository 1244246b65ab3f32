import { useEffect, useRef, useState } from 'preact/hooks';

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
  const timer = useRef<number | undefined>(undefined);
  const [isHeld, setHeld] = useState(false);
  const done = useRef(onDone);
  done.current = onDone;
  const stop = (): boolean => {
    const wasHeld = timer.current !== undefined;
    clearTimeout(timer.current);
    timer.current = undefined;
    setHeld(false);
    return wasHeld;
  };
  useEffect(() => {
    addEventListener('blur', stop);
    document.addEventListener('visibilitychange', stop);
    return () => {
      clearTimeout(timer.current);
      removeEventListener('blur', stop);
      document.removeEventListener('visibilitychange', stop);
    };
  }, []);
  return {
    isHeld,
    stop,
    start() {
      if (timer.current !== undefined) return;
      setHeld(true);
      timer.current = setTimeout(() => {
        stop();
        done.current();
      }, HOLD_MS);
    },
  };
}
