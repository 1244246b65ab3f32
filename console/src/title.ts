import { useEffect } from 'preact/hooks';

let page = 'Console';
let waiting = 0;

/** What the tab says: what waits, and where one is. */
export function useTitle(text: string): void {
  useEffect(() => {
    page = text;
    write();
  }, [text]);
}

export function countInTitle(count: number): void {
  waiting = count;
  write();
}

function write(): void {
  document.title = `${waiting === 0 ? '' : `(${waiting}) `}${page} · Countersign`;
}
