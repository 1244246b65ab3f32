import type { ApprovalDetail, ApprovalView } from '../../../src/core/admin-api/approval-view.ts';
import { visibleJson } from '../../../src/core/content/visible-text.ts';
import { fieldChanges } from '../../../src/core/json/field-changes.ts';
import type { Json } from '../../../src/core/json/value.ts';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { api } from '../api.ts';
import { useKeys } from '../keys.ts';
import { navigate } from '../router.ts';
import { Differences } from './differences.tsx';
import { Problem } from './problem.tsx';
import { useSend } from './use-send.ts';

interface ProposeProps {
  readonly of: ApprovalDetail;
  readonly onLeave: () => void;
}

const ROWS_MAX = 18;

/**
 * Other arguments in the place of those that were asked for. What is typed is sent letter by letter, so that no number of it becomes another one
 * here, and what cannot be seen stands as JSON writes it.
 */
export function Propose({ of, onLeave }: ProposeProps): JSX.Element {
  const before = visibleJson(of.arguments, 2);
  const [text, setText] = useState(before);
  const comment = useRef<HTMLInputElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const { problem, isBusy, send } = useSend();
  useKeys({ Escape: onLeave });
  useLayoutEffect(() => area.current?.focus(), []);
  const after = parseObject(text);
  const changes = after === null ? [] : fieldChanges(of.arguments as Json, after);

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (after === null || changes.length === 0) return;
    const said = comment.current?.value.trim() ?? '';
    const more = said === '' ? '' : `,"comment":${JSON.stringify(said)}`;
    send(async () => {
      const { id } = await api.postText<ApprovalView>(`/api/approvals/${of.id}/edit`, `{"arguments":${text}${more}}`);
      navigate(`/approvals/${id}`);
    });
  };
  return (
    <section class="panel propose" aria-labelledby="propose">
      <h2 id="propose">Propose other arguments</h2>
      <p>
        This rejects the request and asks about yours in its place. Somebody else has to approve it, and its host has to
        send it.
      </p>
      <form class="stack wide" onSubmit={submit}>
        <label>
          <span>All arguments, as a JSON object</span>
          <textarea
            ref={area}
            rows={Math.min(before.split('\n').length + 1, ROWS_MAX)}
            value={text}
            spellcheck={false}
            autocapitalize="none"
            aria-invalid={after === null}
            aria-describedby="propose-state"
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </label>
        <div id="propose-state" role="status">
          {after === null ? <p class="unread">This is no JSON object yet.</p> : null}
          {after !== null && changes.length === 0 ? (
            <p class="faint">These are the arguments as they were asked for.</p>
          ) : null}
        </div>
        {changes.length === 0 ? null : (
          <Differences caption="What you would change" of={changes} before="Asked for" after="Yours" />
        )}
        <label>
          <span>Why (optional)</span>
          <input ref={comment} maxLength={1000} autocomplete="off" />
        </label>
        <Problem of={problem} />
        <div class="choices">
          <button type="button" onClick={onLeave}>
            Back <kbd aria-hidden="true">Esc</kbd>
          </button>
          <button class="primary" disabled={isBusy || changes.length === 0}>
            Propose these
          </button>
        </div>
      </form>
    </section>
  );
}

function parseObject(text: string): Json | null {
  try {
    const value = JSON.parse(text) as Json;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
