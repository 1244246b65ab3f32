import type { JSX } from 'preact';
import type { ApiProblem } from '../api.ts';
import { Notice } from './badge.tsx';
import { Visible } from './visible.tsx';

export function Problem({ of }: { readonly of: ApiProblem | null }): JSX.Element | null {
  if (of === null) return null;
  return (
    <Notice tone="bad">
      <strong>
        <Visible text={of.message} />
      </strong>{' '}
      <Visible text={of.help} />
    </Notice>
  );
}
