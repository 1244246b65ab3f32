import type { ComponentChildren, JSX } from 'preact';

type Tone = 'good' | 'bad' | 'wait' | 'plain';

const TONES: Readonly<Record<string, Tone>> = {
  pending: 'wait',
  approve: 'wait',
  requested: 'wait',
  write: 'wait',
  approved: 'good',
  executing: 'good',
  executed: 'good',
  allow: 'good',
  ready: 'good',
  ok: 'good',
  read: 'good',
  trusted: 'good',
  active: 'good',
  rejected: 'bad',
  unattended: 'wait',
  edited: 'wait',
  'high risk': 'bad',
  failed: 'bad',
  failing: 'bad',
  never: 'bad',
  void: 'bad',
  deny: 'bad',
  refused: 'bad',
  'outcome-unknown': 'bad',
};
const SIGNS: Readonly<Record<Tone, string>> = { good: '✓', bad: '✕', wait: '●', plain: '○' };

/** A state in words, with a sign: colour is never the only thing that says it. */
export function Badge({ of }: { readonly of: string }): JSX.Element {
  const tone = TONES[of] ?? 'plain';
  return (
    <span class={`badge ${tone}`}>
      <span aria-hidden="true">{SIGNS[tone]}</span> {of}
    </span>
  );
}

export function Notice({ tone, children }: { readonly tone: Tone; readonly children: ComponentChildren }): JSX.Element {
  return (
    <div class={`notice ${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
      {children}
    </div>
  );
}
