import { useEffect } from 'preact/hooks';
import type { AuditView } from '../../src/core/admin-api/audit-view.ts';
import type { AuditEntry } from '../../src/core/audit/entry.ts';
import { api } from './api.ts';

/** An entry of the log, or one of the events that have no entry. */
export interface LiveEvent {
  readonly kind: string;
  readonly entry: AuditView | null;
}

/** All that a stream can tell of: a browser hears only what it was told to listen for. */
const KINDS: { readonly [Kind in AuditEntry['kind'] | 'kill-switches' | 'upstreams' | 'gap']: true } = {
  refusal: true,
  principal: true,
  decision: true,
  shadow: true,
  dispatch: true,
  ask: true,
  uninvited: true,
  outcome: true,
  approval: true,
  'kill-switch': true,
  token: true,
  account: true,
  'sign-in': true,
  pin: true,
  gateway: true,
  'kill-switches': true,
  upstreams: true,
  gap: true,
};
const AGAIN_AFTER_MS = 3000;

const listeners = new Set<(event: LiveEvent) => void>();
let source: EventSource | null = null;

/**
 * One stream for the whole page. The browser reconnects with the id of the last event that it has. Until the stream begins, nothing is told: what
 * was asked before then is asked again.
 */
function open(): void {
  source = new EventSource('/api/events');
  for (const kind of Object.keys(KINDS))
    source.addEventListener(kind, ({ data }: MessageEvent<string>) => tell(kind, data));
  source.addEventListener('start', () => tell('gap', '{}'));
  source.addEventListener('error', () => {
    if (source?.readyState === EventSource.CLOSED) setTimeout(() => void openAgain(), AGAIN_AFTER_MS);
  });
}

/** The browser has given up, perhaps because the session is over: asking anything leads to signing in then. */
async function openAgain(): Promise<void> {
  await api.getAgain('/api/kill-switch').catch(() => undefined);
  open();
  tell('gap', '{}');
}

function tell(kind: string, data: string): void {
  const value = JSON.parse(data) as Partial<AuditView>;
  const entry = value.seq === undefined ? null : (value as AuditView);
  for (const listener of listeners) listener({ kind, entry });
}

export function useLive(listener: (event: LiveEvent) => void): void {
  useEffect(() => {
    if (source === null) open();
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, [listener]);
}
