import { useLayoutEffect, useRef } from 'preact/hooks';

const OFF = 'console:keys-off';

/** Single keys can be turned off, for those whose speech or fingers press them by accident. Source: WCAG 2.2, 2.1.4. */
export function areKeysOn(): boolean {
  return localStorage.getItem(OFF) === null;
}

export function turnKeys(on: boolean): void {
  if (on) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, '1');
}

/** What stands for a key. `false`: it had nothing to do with this press, which then does what it does anyway. */
export type KeyActions = Readonly<Record<string, () => boolean | void>>;

/**
 * Calls what stands for a key, unless somebody is typing, or holds a modifier, or the key repeats. An action sees the state of its own moment
 * only where it keeps that in a ref: two keys can come before the page is drawn again. `onUp`: what letting go of a key does, wherever that is.
 * Keys work from the moment in which what they do can be seen, so they are no `useEffect`, which may come a frame later.
 */
export function useKeys(actions: KeyActions, onUp: KeyActions = {}): void {
  const now = useRef({ actions, onUp });
  useLayoutEffect(() => {
    now.current = { actions, onUp };
  });
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return;
      if (isTyping(event.target) || document.querySelector('dialog[open]') !== null) return;
      if (event.key.length === 1 && !areKeysOn()) return;
      const action = now.current.actions[event.key];
      if (action !== undefined && action() !== false) event.preventDefault();
    };
    const onKeyUp = ({ key }: KeyboardEvent): void => void now.current.onUp[key]?.();
    addEventListener('keydown', onKey);
    addEventListener('keyup', onKeyUp);
    return () => {
      removeEventListener('keydown', onKey);
      removeEventListener('keyup', onKeyUp);
    };
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  const fields = 'input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]';
  return target instanceof HTMLElement && target.matches(fields);
}
