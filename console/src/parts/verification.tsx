import type { VerificationView } from '../../../src/core/admin-api/verification-view.ts';
import type { LogVerdict } from '../../../src/core/audit/verify/check-log.ts';
import { countText, sayVerdict } from '../../../src/core/audit/verify/say-verdict.ts';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { api } from '../api.ts';
import { Notice } from './badge.tsx';
import { Visible } from './visible.tsx';

const LOOK_AGAIN_MS = 1000;
const FAULTS_SHOWN = 3;

/** Whether the log contradicts itself, as of the last check, and what that does not prove. */
export function Verification(): JSX.Element | null {
  const view = useVerification();
  if (view === null) return null;
  const { verdict, checkedAt, checkingAt, problem, notProved } = view;
  return (
    <div aria-live="polite">
      {verdict === null || checkedAt === null ? null : (
        <Verdict verdict={verdict} checkedAt={checkedAt} notProved={notProved} />
      )}
      {problem === null ? null : <Notice tone="bad">The log could not be checked: {problem}.</Notice>}
      {checkingAt === null ? null : <p class="faint">Checking the log, at #{countText(checkingAt)} …</p>}
    </div>
  );
}

/** Asks again while a check is under way. */
function useVerification(): VerificationView | null {
  const [view, setView] = useState<VerificationView | null>(null);
  useEffect(() => {
    let timer: number | undefined;
    let isGone = false;
    const look = (): void => {
      api.getAgain<VerificationView>('/api/audit/verify').then(
        (answer) => {
          if (isGone) return;
          setView(answer);
          if (answer.checkingAt !== null) timer = setTimeout(look, LOOK_AGAIN_MS);
        },
        () => undefined,
      );
    };
    look();
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, []);
  return view;
}

function Verdict({
  verdict,
  checkedAt,
  notProved,
}: {
  readonly verdict: LogVerdict;
  readonly checkedAt: string;
  readonly notProved: string;
}): JSX.Element {
  const at = new Date(checkedAt).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  const said = <strong title={checkedAt}>{sayVerdict(verdict, ` at ${at}`)}</strong>;
  const { faults, faultCount, inFlight, inFlightCount } = verdict;
  return (
    <>
      {faultCount === 0 ? (
        <p>{said}</p>
      ) : (
        <Notice tone="bad">
          {said}{' '}
          {faults.slice(0, FAULTS_SHOWN).map((fault) => (
            <span key={`${fault.sequence} ${fault.expected}`}>
              <a href={`/audit/${fault.sequence}`}>#{fault.sequence}</a>: expected <Visible text={fault.expected} />,
              got <Visible text={fault.got} />.{' '}
            </span>
          ))}
        </Notice>
      )}
      {inFlightCount === 0 ? null : (
        <p>
          In flight then, without an outcome: {inFlight.map(({ sequence }) => `#${sequence}`).join(', ')}
          {inFlightCount > inFlight.length ? ' and others' : ''}.
        </p>
      )}
      <p class="faint">{notProved}</p>
    </>
  );
}
