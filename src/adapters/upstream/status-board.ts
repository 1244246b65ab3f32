import type { Era } from '../../core/mcp/revisions.ts';
import type { Result } from '../../core/result.ts';
import type { UpstreamFault, UpstreamStatus } from '../../ports/upstream.ts';

/** What an operator sees of an upstream: how the last thing went that was tried. */
export interface StatusBoard {
  /** Notes an outcome and passes it on. */
  noted<T>(outcome: Result<T, UpstreamFault>): Result<T, UpstreamFault>;
  /** How many tools the newest list had. */
  listed(tools: number): void;
  read(protocol: { readonly era: Era | null; readonly revision: string | null }): UpstreamStatus;
}

export function createStatusBoard(name: string, transport: UpstreamStatus['transport']): StatusBoard {
  let state: UpstreamStatus['state'] = 'idle';
  let lastFault: string | null = null;
  let tools: number | null = null;
  return {
    noted(outcome) {
      if (outcome.ok) state = 'ready';
      else if (outcome.error.kind !== 'aborted' && outcome.error.kind !== 'unread') {
        // That a host went away or does not read says nothing about the upstream.
        state = 'failing';
        lastFault = `${outcome.error.kind}: ${outcome.error.detail}`;
      }
      return outcome;
    },
    listed(count) {
      tools = count;
    },
    read: (protocol) => ({ name, transport, state, tools, lastFault, ...protocol }),
  };
}
