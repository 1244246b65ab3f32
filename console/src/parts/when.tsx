import { useEffect, useState } from 'preact/hooks';
import type { JSX } from 'preact';

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });
const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
];

/** How long ago or how soon, kept up to date; the exact time is in the title. */
export function When({ at }: { readonly at: string | number }): JSX.Element {
  const time = new Date(at);
  const nowMs = useNow();
  return (
    <time dateTime={time.toISOString()} title={time.toISOString()}>
      {distance(time.getTime() - nowMs)}
    </time>
  );
}

/** The time that is left, to the second when it is short. */
export function Countdown({ until }: { readonly until: string }): JSX.Element {
  const leftMs = Date.parse(until) - useNow();
  if (leftMs <= 0) return <span class="late">expired</span>;
  const seconds = Math.floor(leftMs / 1000);
  const text =
    seconds >= 3600
      ? `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
      : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  return (
    <time dateTime={until} title={until} class={seconds < 120 ? 'late' : 'timer'}>
      {text}
    </time>
  );
}

function useNow(): number {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}

function distance(ms: number): string {
  const [unit, size] = UNITS.find(([, each]) => Math.abs(ms) >= each) ?? ['second', 1000];
  return relative.format(Math.trunc(ms / size), unit);
}
