import type { JSX } from 'preact';
import { Visible } from './visible.tsx';

/** `https://login.example.com#olivia` is olivia, of login.example.com; whoever the gateway itself knows has one name. */
export function Person({ id }: { readonly id: string }): JSX.Element {
  const [, host, subject] = /^https?:\/\/([^/#]+)[^#]*#(.+)$/s.exec(id) ?? [];
  if (host === undefined || subject === undefined) return <Visible text={id} />;
  return (
    <span title={id}>
      <Visible text={subject} />{' '}
      <small class="faint">
        of <Visible text={host} />
      </small>
    </span>
  );
}
