import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { useKeys } from './keys.ts';
import { KeysHelp } from './keys-help.tsx';
import { Access } from './pages/access.tsx';
import { Audit } from './pages/audit.tsx';
import { Entry } from './pages/entry.tsx';
import { Explain } from './pages/explain.tsx';
import { Figures } from './pages/figures.tsx';
import { History } from './pages/history.tsx';
import { Inbox } from './pages/inbox.tsx';
import { KillSwitch } from './pages/kill-switch.tsx';
import { Live } from './pages/live.tsx';
import { Pin } from './pages/pin.tsx';
import { Policy } from './pages/policy.tsx';
import { Request } from './pages/request.tsx';
import { Tools } from './pages/tools.tsx';
import { Upstreams } from './pages/upstreams.tsx';
import { followLink, navigate, usePath } from './router.ts';
import { session } from './session.ts';
import { type Pending, usePending } from './use-pending.ts';

/** The path of each section, its name, and other paths that belong to it. */
const SECTIONS = [
  ['/', 'Approvals', '/approvals'],
  ['/history', 'History', '/figures'],
  ['/live', 'Live', ''],
  ['/audit', 'Audit log', ''],
  ['/upstreams', 'Upstreams', '/pins'],
  ['/policy', 'Policy', '/explain'],
  ['/access', 'Access', ''],
  ['/kill-switch', 'Kill switch', ''],
] as const;

export function App(): JSX.Element {
  const path = usePath();
  const pending = usePending();
  const help = useRef<HTMLDialogElement>(null);
  useKeys({
    '?': () => help.current?.showModal(),
    '/': () => document.querySelector<HTMLElement>('[data-filter]')?.focus(),
    u: () => navigate('/'),
  });
  const seesAccess = session.roles.has('operator') || session.roles.has('auditor');
  const waiting = pending.value?.length ?? 0;
  return (
    <div class="frame" onClick={followLink} onKeyDown={leaveField}>
      <a class="skip" href="#main" onClick={skipToMain}>
        Skip to the page
      </a>
      <header class="bar">
        <a class="brand" href="/">
          <img src="/assets/icon.svg" alt="" width="24" height="24" /> Countersign
        </a>
        <nav aria-label="Console">
          {SECTIONS.filter(([to]) => to !== '/access' || seesAccess).map(([to, name, also]) => (
            <a
              key={to}
              href={to}
              aria-current={isWithin(path, to, also) ? 'page' : undefined}
              ref={isWithin(path, to, also) ? showTab : null}
            >
              {name}
              {to === '/' && waiting > 0 ? <span class="count">{waiting}</span> : null}
            </a>
          ))}
        </nav>
        <form class="who" method="post" action="/sign-out">
          <input type="hidden" name="csrf" value={session.csrf} />
          <span class="me" title={`${session.user} (${[...session.roles].join(', ')})`}>
            {session.user.replace(/^.*#/, '')}
          </span>
          <button
            type="button"
            class="quiet"
            aria-label="Keys and notifications"
            onClick={() => help.current?.showModal()}
          >
            ?
          </button>
          <button class="quiet">Sign out</button>
        </form>
      </header>
      <main id="main" tabIndex={-1}>
        <Page path={path} pending={pending} />
      </main>
      <KeysHelp dialog={help} />
    </div>
  );
}

function Page({ path, pending }: { readonly path: string; readonly pending: Pending }): JSX.Element {
  const [, section = '', id = ''] = path.split('/');
  if (id !== '') return <Detail section={section} id={id} />;
  switch (section) {
    case '':
    case 'approvals':
      return <Inbox pending={pending} />;
    case 'history':
      return <History />;
    case 'figures':
      return <Figures />;
    case 'live':
      return <Live />;
    case 'audit':
      return <Audit />;
    case 'upstreams':
      return <Upstreams />;
    case 'policy':
      return <Policy />;
    case 'explain':
      return <Explain />;
    case 'access':
      return <Access />;
    case 'kill-switch':
      return <KillSwitch />;
    default:
      return <h1>There is no such page</h1>;
  }
}

function Detail({ section, id }: { readonly section: string; readonly id: string }): JSX.Element {
  switch (section) {
    case 'approvals':
      return <Request key={id} id={id} />;
    case 'audit':
      return <Entry key={id} seq={id} />;
    case 'upstreams':
      return <Tools key={id} upstream={id} />;
    case 'pins':
      return <Pin key={id} id={id} />;
    default:
      return <h1>There is no such page</h1>;
  }
}

function isWithin(path: string, to: string, also: string): boolean {
  if (also !== '' && path.startsWith(also)) return true;
  return path === to || (to !== '/' && path.startsWith(`${to}/`));
}

/** Where the sections do not fit beside each other, the one that is open is in view. */
function showTab(tab: HTMLElement | null): void {
  tab?.scrollIntoView({ block: 'nearest', inline: 'center' });
}

function skipToMain(event: MouseEvent): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('#main')?.focus();
}

/** Out of a field first; the next press is the page's. */
function leaveField(event: KeyboardEvent): void {
  const { target } = event;
  if (event.key === 'Escape' && target instanceof HTMLElement && target.matches('input, textarea, select'))
    target.blur();
}
