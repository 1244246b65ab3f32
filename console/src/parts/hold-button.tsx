import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { HOLD_MS, type Hold } from './use-hold.ts';

interface HoldButtonProps {
  readonly hold: Hold;
  readonly disabled: boolean;
  /** It was only pressed, or by something that cannot hold: a screen reader, a voice. */
  readonly onPress: () => void;
  readonly children: ComponentChildren;
}

/** Approves when it is held, by a finger, a mouse or a key. A press alone leads to a second step and never approves. */
export function HoldButton({ hold, disabled, onPress, children }: HoldButtonProps): JSX.Element {
  const letGo = (): void => {
    if (hold.stop()) onPress();
  };
  const onKey = (event: KeyboardEvent, act: () => void): void => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    if (!event.repeat) act();
  };
  return (
    <button
      class={`approve hold${hold.isHeld ? ' held' : ''}`}
      disabled={disabled}
      onPointerDown={({ button }) => !disabled && button === 0 && hold.start()}
      onPointerUp={letGo}
      onPointerLeave={() => hold.stop()}
      onPointerCancel={() => hold.stop()}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => onKey(event, () => hold.start())}
      onKeyUp={(event) => onKey(event, letGo)}
      onBlur={() => hold.stop()}
      onClick={onPress}
    >
      {children}
    </button>
  );
}

/**
 * The second step for whoever cannot hold anything. Its focus is on the words and not on the button, which takes nothing for as long as a hold
 * takes: the second press of a double click is no consent.
 */
export function ConfirmStep({
  onConfirm,
  children,
}: {
  readonly onConfirm: () => void;
  readonly children: ComponentChildren;
}): JSX.Element {
  const words = useRef<HTMLParagraphElement>(null);
  const [isReady, setReady] = useState(false);
  useLayoutEffect(() => {
    words.current?.focus();
    const timer = setTimeout(() => setReady(true), HOLD_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="confirm-step">
      <p tabIndex={-1} ref={words}>
        {children}
      </p>
      <button class="quiet" aria-disabled={!isReady} onClick={() => isReady && onConfirm()}>
        Approve without holding
      </button>
    </div>
  );
}
