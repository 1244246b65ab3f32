import { useState } from 'preact/hooks';
import { ApiProblem } from '../api.ts';

export interface Sending {
  readonly problem: ApiProblem | null;
  readonly isBusy: boolean;
  readonly send: (wish: () => Promise<void>) => void;
}

/** One change at a time, with what came of it. */
export function useSend(): Sending {
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [isBusy, setBusy] = useState(false);
  return {
    problem,
    isBusy,
    send(wish) {
      if (isBusy) return;
      setBusy(true);
      wish()
        .then(
          () => setProblem(null),
          (error: unknown) => {
            if (!(error instanceof ApiProblem)) throw error;
            setProblem(error);
          },
        )
        .finally(() => setBusy(false));
    },
  };
}
