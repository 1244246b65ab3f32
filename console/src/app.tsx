import type { JSX } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import { areKeysOn, turnKeys, useKeys } from './keys.ts';
import { Audit } from './pages/audit.tsx';
import { Entry } from './pages/entry.tsx';
import { History } from './pages/history.tsx';
import { Inbox } from './pages/inbox.tsx';
import { KillSwitch } from './pages/kill-switch.tsx';
import { Policy } from './pages/policy.tsx';
import { Request } from './pages/request.tsx';
import { Tokens } from './pages/tokens.tsx';
import { Tools, Upstreams } from './pages/upstreams.tsx';
import { followLink, navigate, usePath } from './router.ts';
import { session } from './session.ts';

const SECTIONS = [
  ['/', 'Approvals'],
  ['/history', 'History'],
  ['/audit', 'Audit log'],
  ['/upstreams', 'Upstreams'],
  ['/policy', 'Policy'],
  ['/tokens', 'Tokens'],
  ['/kill-switch', 'Kill switch'],
] as const;

export function App(): JSX.Element {
  const path = usePath();
  const help = useRef<HTMLDialogElement>(null);
  useKeys(
    useMemo(
      () => ({
        '?': () => help.current?.showModal(),
        u: () => navigate('/'),
      }),
      [],
    ),
  );
  const isTokenReader = session.roles.has('operator') || session.roles.has('auditor');
  return (
    <div class="frame" onClick={followLink}>
      <a class="skip" href="#main" onClick={skipToMain}>
        Skip to the page
      </a>
      <header class="bar">
        <a class="brand" href="/">
          <img src="/assets/icon.svg" alt="" width="24" height="24" /> Countersign
        </a>
        <nav aria-label="Console">
          {SECTIONS.filter(([to]) => to !== '/tokens' || isTokenReader).map(([to, name]) => (
            <a
              key={to}
              href={to}
              aria-current={isWithin(path, to) ? 'page' : undefined}
              ref={isWithin(path, to) ? showTab : null}
            >
              {name}
            </a>
          ))}
        </nav>
        <form class="who" method="post" action="/sign-out">
          <input type="hidden" name="csrf" value={session.csrf} />
          <span title={[...session.roles].join(', ')}>{session.user}</span>
          <button class="quiet">Sign out</button>
        </form>
      </header>
      <main id="main" tabIndex={-1}>
        <Page path={path} />
      </main>
      <KeysHelp dialog={help} />
    </div>
  );
}

function Page({ path }: { readonly path: string }): JSX.Element {
  const [, section = '', id = ''] = path.split('/');
  switch (section) {
    case '':
      return <Inbox />;
    case 'approvals':
      return id === '' ? <Inbox /> : <Request key={id} id={id} />;
    case 'history':
      return <History />;
    case 'audit':
      return id === '' ? <Audit /> : <Entry key={id} seq={id} />;
    case 'upstreams':
      return id === '' ? <Upstreams /> : <Tools key={id} upstream={id} />;
    case 'policy':
      return <Policy />;
    case 'tokens':
      return <Tokens />;
    case 'kill-switch':
      return <KillSwitch />;
    default:
      return <h1>There is no such page</h1>;
  }
}

function KeysHelp({ dialog }: { readonly dialog: { readonly current: HTMLDialogElement | null } }): JSX.Element {
  const [isOn, setOn] = useState(areKeysOn);
  const turn = (): void => {
    turnKeys(!isOn);
    setOn(!isOn);
  };
  return (
    <dialog ref={dialog} aria-labelledby="keys-title">
      <h2 id="keys-title">Keys</h2>
      <dl class="keys-list">
        <dt>j, k</dt>
        <dd>next and previous request</dd>
        <dt>Enter</dt>
        <dd>open it</dd>
        <dt>a, then Enter</dt>
        <dd>approve the open request</dd>
        <dt>r, then Enter</dt>
        <dd>reject it; a comment can be typed between</dd>
        <dt>u</dt>
        <dd>back to all requests</dd>
        <dt>?</dt>
        <dd>this help</dd>
      </dl>
      <label class="inline">
        <input type="checkbox" checked={isOn} onChange={turn} /> Use single keys
      </label>
      <form method="dialog">
        <button>Close</button>
      </form>
    </dialog>
  );
}

function isWithin(path: string, to: string): boolean {
  if (to === '/') return path === '/' || path.startsWith('/approvals');
  return path === to || path.startsWith(`${to}/`);
}

/** Where the sections do not fit beside each other, the one that is open is in view. */
function showTab(tab: HTMLElement | null): void {
  tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

function skipToMain(event: MouseEvent): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('#main')?.focus();
}
