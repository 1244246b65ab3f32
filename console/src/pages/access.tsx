import type { JSX } from 'preact';
import { useTitle } from '../title.ts';
import { Accounts } from './accounts.tsx';
import { Tokens } from './tokens.tsx';

/** Who can do something here: people of the console, and tokens. */
export function Access(): JSX.Element {
  useTitle('Access');
  return (
    <>
      <h1>Access</h1>
      <Accounts />
      <Tokens />
    </>
  );
}
