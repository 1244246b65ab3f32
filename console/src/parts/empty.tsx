import type { ComponentChildren, JSX } from 'preact';

/** Says plainly that there is nothing, and what would be here. */
export function Empty({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ComponentChildren;
}): JSX.Element {
  return (
    <div class="empty">
      <p>
        <strong>{title}</strong>
      </p>
      {children === undefined ? null : <p>{children}</p>}
    </div>
  );
}
