import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { areKeysOn, turnKeys } from './keys.ts';
import { canNotify, isNotifying, turnNotifying } from './notify.ts';

const KEYS = [
  [['j', 'k'], 'next and previous request'],
  [['Enter'], 'open it'],
  [['a', 'Enter'], 'approve the open request; hold a where it is of high risk'],
  [['r', 'Enter'], 'reject it; a comment can be typed between'],
  [['e'], 'propose other arguments'],
  [['x'], 'select the request in focus'],
  [['A'], 'show what is selected, to decide it together'],
  [['/'], 'filter what is shown'],
  [['Esc'], 'back: out of a field, out of a request'],
  [['u'], 'all requests'],
  [['?'], 'this help'],
] as const;

/** Keys and what this browser does by itself; both are kept in this browser alone. */
export function KeysHelp({ dialog }: { readonly dialog: { readonly current: HTMLDialogElement | null } }): JSX.Element {
  const [areOn, setOn] = useState(areKeysOn);
  const [isTold, setTold] = useState(isNotifying);
  const turn = (): void => {
    turnKeys(!areOn);
    setOn(!areOn);
  };
  return (
    <dialog ref={dialog} aria-labelledby="keys-title">
      <h2 id="keys-title">Keys and notifications</h2>
      <dl class="keys-list">
        {KEYS.map(([keys, what]) => (
          <div key={what}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label class="inline">
        <input type="checkbox" checked={areOn} onChange={turn} /> Use single keys
      </label>
      <label class="inline">
        <input
          type="checkbox"
          checked={isTold}
          disabled={!canNotify()}
          onChange={() => void turnNotifying(!isTold).then(setTold)}
        />{' '}
        Tell me of new requests while I look elsewhere
      </label>
      <form method="dialog">
        <button>Close</button>
      </form>
    </dialog>
  );
}
