import { useEffect, useState } from 'preact/hooks';

const MOVED = 'console:moved';

export function navigate(path: string): void {
  history.pushState(null, '', path);
  dispatchEvent(new Event(MOVED));
  scrollTo(0, 0);
}

export function usePath(): string {
  return usePlace(() => location.pathname);
}

/** What the address says behind `?`, so that what is shown can be sent to somebody; and a way to change it. */
export function useQuery(): readonly [URLSearchParams, (name: string, value: string) => void] {
  const search = usePlace(() => location.search);
  const set = (name: string, value: string): void => {
    const query = new URLSearchParams(location.search);
    if (value === '') query.delete(name);
    else query.set(name, value);
    const text = query.toString();
    history.replaceState(null, '', `${location.pathname}${text === '' ? '' : `?${text}`}`);
    dispatchEvent(new Event(MOVED));
  };
  return [new URLSearchParams(search), set];
}

function usePlace(read: () => string): string {
  const [place, setPlace] = useState(read);
  useEffect(() => {
    const onMove = (): void => setPlace(read());
    onMove();
    addEventListener('popstate', onMove);
    addEventListener(MOVED, onMove);
    return () => {
      removeEventListener('popstate', onMove);
      removeEventListener(MOVED, onMove);
    };
  }, []);
  return place;
}

/** Links within the console change the page without loading it; with a modifier they do what links do. */
export function followLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return;
  const link = (event.target as Element).closest('a');
  if (link === null || link.origin !== location.origin || link.target !== '' || link.hasAttribute('download')) return;
  // Not a page of the console: it has no script.
  if (link.pathname === '/sign-in') return;
  event.preventDefault();
  navigate(link.pathname + link.search);
}
