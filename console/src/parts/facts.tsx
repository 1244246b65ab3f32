import type { ComponentChildren, JSX } from 'preact';

export function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Enough of a digest to compare two by eye; the whole is in the title. */
export function Digest({ of }: { readonly of: string }): JSX.Element {
  return <code title={of}>{of.slice(0, 12)}</code>;
}
