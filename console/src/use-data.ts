import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { api, ApiProblem } from './api.ts';
import { type LiveEvent, useLive } from './live.ts';

export interface Data<T> {
  readonly value: T | null;
  readonly problem: ApiProblem | null;
  readonly reload: () => void;
}

/** Events come in bursts; one look after the burst is enough. */
const SETTLE_MS = 150;

/** What the API says at a path, asked again when an event says that it may have changed. */
export function useData<T>(path: string, isAbout: (event: LiveEvent) => boolean = () => false): Data<T> {
  const [value, setValue] = useState<T | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const timer = useRef<number | undefined>(undefined);
  const asked = useRef(path);
  asked.current = path;

  const load = useCallback(
    (get: (path: string) => Promise<T>) => {
      get(path).then(
        (answer) => {
          if (asked.current !== path) return;
          setValue(answer);
          setProblem(null);
        },
        (error: unknown) => error instanceof ApiProblem && setProblem(error),
      );
    },
    [path],
  );
  const reload = useCallback(() => load(api.get), [load]);
  useEffect(() => {
    setValue(null);
    reload();
    return () => clearTimeout(timer.current);
  }, [reload]);

  const isAboutNow = useRef(isAbout);
  isAboutNow.current = isAbout;
  useLive(
    useCallback(
      (event: LiveEvent) => {
        if (event.kind !== 'gap' && !isAboutNow.current(event)) return;
        clearTimeout(timer.current);
        timer.current = setTimeout(() => load(api.getAgain), SETTLE_MS);
      },
      [load],
    ),
  );
  return { value, problem, reload };
}
