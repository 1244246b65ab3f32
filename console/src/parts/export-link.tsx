import type { JSX } from 'preact';
import { useQuery } from '../router.ts';
import { session } from '../session.ts';

/** The whole log as it is stored, narrowed as the page is: also entries that are not loaded. For auditors. */
export function ExportLink(): JSX.Element | null {
  const [query] = useQuery();
  if (!session.roles.has('auditor')) return null;
  const filter = new URLSearchParams(
    ['kind', 'q'].flatMap((name) => (query.get(name) ? [[name, query.get(name) ?? '']] : [])),
  );
  const path = `/api/audit/export${filter.size === 0 ? '' : `?${filter.toString()}`}`;
  return (
    <a href={path} download>
      Export {filter.size === 0 ? 'the log' : 'all that match'}
    </a>
  );
}
