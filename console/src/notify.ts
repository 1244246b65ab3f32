import type { ApprovalView } from '../../src/core/admin-api/approval-view.ts';
import { visibleText } from '../../src/core/content/visible-text.ts';
import { useEffect, useRef } from 'preact/hooks';
import { navigate } from './router.ts';

const ON = 'console:notify';

export function canNotify(): boolean {
  return 'Notification' in globalThis && Notification.permission !== 'denied';
}

export function isNotifying(): boolean {
  return canNotify() && Notification.permission === 'granted' && localStorage.getItem(ON) !== null;
}

/** Resolves to whether it is on now: the browser asks the person first. */
export async function turnNotifying(on: boolean): Promise<boolean> {
  if (!on) localStorage.removeItem(ON);
  else if ((await Notification.requestPermission()) === 'granted') localStorage.setItem(ON, '1');
  return isNotifying();
}

/** Tells of requests that come while nobody looks at the page. Never of arguments: a lock screen shows it to whoever passes. */
export function useNotifications(pending: readonly ApprovalView[] | null): void {
  const known = useRef<ReadonlySet<string> | null>(null);
  useEffect(() => {
    if (pending === null) return;
    const fresh = pending.filter(({ id }) => known.current?.has(id) === false);
    known.current = new Set(pending.map(({ id }) => id));
    if (fresh.length === 0 || !document.hidden || !isNotifying()) return;
    const [first] = fresh;
    if (first === undefined) return;
    const more = fresh.length > 1 ? ` and ${fresh.length - 1} more` : '';
    const body = visibleText(`${first.requesterName} wants to run ${first.tool} on ${first.upstream}${more}`);
    const notification = new Notification('A request waits for you', {
      body,
      tag: 'countersign',
      icon: '/assets/icon.svg',
    });
    notification.addEventListener('click', () => {
      focus();
      navigate(fresh.length === 1 ? `/approvals/${first.id}` : '/');
    });
  }, [pending]);
}
