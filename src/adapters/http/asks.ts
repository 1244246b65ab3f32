import type { JsonObject } from '../../core/json/value.ts';
import type { RpcId } from '../../core/mcp/message.ts';
import type { AskAnswer } from '../../gateway/gateway.ts';

/**
 * The questions of one legacy session that wait for their answers. INVARIANT: an id is given out once and answered once, and only a
 * POST of the session that was asked can do so; whatever else claims to be an answer is refused.
 */
export class Asks {
  readonly #waiting = new Map<string, (answer: AskAnswer) => void>();

  /** Resolves with the answer, or with what `signal` is aborted for. The id comes from the gateway's own generator. */
  wait(id: string, signal: AbortSignal): Promise<AskAnswer> {
    return new Promise((resolve) => {
      const settle = (answer: AskAnswer): void => {
        this.#waiting.delete(id);
        signal.removeEventListener('abort', onAbort);
        resolve(answer);
      };
      const onAbort = (): void => settle({ kind: 'unanswered' });
      if (signal.aborted) return resolve({ kind: 'unanswered' });
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.set(id, settle);
    });
  }

  /** `null` is an error of the host's. `false`: nothing waits for this answer. */
  answer(id: RpcId | null, result: JsonObject | null): boolean {
    const settle = typeof id === 'string' ? this.#waiting.get(id) : undefined;
    settle?.(result === null ? { kind: 'refused' } : { kind: 'answered', result });
    return settle !== undefined;
  }
}
