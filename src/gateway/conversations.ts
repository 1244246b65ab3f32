import type { DefinitionDigest } from '../core/catalog/tool.ts';
import type { Ask } from '../core/conversation/ask.ts';
import type { DurableAsk } from './durable-ask.ts';
import type { HeldCall } from './held-call.ts';

/** A call that waits for what its host says. */
export interface WaitingCall {
  readonly callId: string;
  readonly principal: string;
  readonly upstream: string;
  /** Whether a person approved it, or is asked to: the approval covers the whole conversation. */
  readonly isApproved: boolean;
  /** The tool as it was when it was called; `null` for what has no definition. */
  readonly definitionDigest: DefinitionDigest | null;
}

/** The same, once its host was told to come back with answers. */
export interface ParkedCall extends WaitingCall {
  readonly held: HeldCall;
  readonly asks: ReadonlyMap<string, Ask>;
  readonly round: number;
  /** What another process could go on with; `null`: only this one can. */
  readonly durable: DurableAsk | null;
}

/**
 * The calls that wait for their hosts, as this process holds them. What waits may be an open call of an upstream, so the places are counted.
 * Each principal and each upstream has a few, or one person or one server could take them all.
 */
export interface Conversations {
  /** A place for the time of one question, at the cost of the principal's oldest where need be. `null`: too many wait already. */
  enter(call: WaitingCall): { leave(): void } | null;
  /** The host was asked by way of an answer. `false`: the call no longer waits. */
  park(call: ParkedRound): boolean;
  /** The parked call, for whoever asks first: it is parked no longer. `null` where none waits in this round. */
  take(callId: string, round: number): ParkedCall | null;
  /** Ends one call, if it is parked. */
  end(callId: string): void;
  /** Leaves to the next process what it can go on with. From then on nothing here ends it. */
  leaveDurable(): void;
  /** The same, and ends what else is parked. Resolves when that is through. */
  close(): Promise<void>;
}

export type ParkedRound = Pick<ParkedCall, 'callId' | 'held' | 'asks' | 'round' | 'durable'>;

export interface ConversationLimits {
  readonly callsMax: number;
  readonly callsPerPrincipalMax: number;
  readonly callsPerUpstreamMax: number;
}

/** The sockets that are kept for answers to one upstream are few, and a person has few hosts. */
export const CONVERSATION_LIMITS: ConversationLimits = {
  callsMax: 500,
  callsPerPrincipalMax: 16,
  callsPerUpstreamMax: 32,
};

export function createConversations(limits: ConversationLimits): Conversations {
  const waiting = new Map<string, WaitingCall>();
  const parked = new Map<string, ParkedCall>();

  function hasRoom({ principal, upstream }: WaitingCall): boolean {
    const others = [...waiting.values()];
    const own = others.filter((other) => other.principal === principal);
    return (
      others.length < limits.callsMax &&
      own.length < limits.callsPerPrincipalMax &&
      others.filter((other) => other.upstream === upstream).length < limits.callsPerUpstreamMax
    );
  }

  /** A host need not come back. What a person was asked first, and has not answered, gives way to what they are asked now. */
  function makeRoom(call: WaitingCall): boolean {
    for (const [callId, oldest] of parked) {
      if (hasRoom(call)) return true;
      if (oldest.principal !== call.principal) continue;
      parked.delete(callId);
      waiting.delete(callId);
      oldest.held.end();
    }
    return hasRoom(call);
  }

  return {
    enter(call) {
      if (!makeRoom(call)) return null;
      waiting.set(call.callId, call);
      return {
        leave() {
          waiting.delete(call.callId);
          parked.delete(call.callId);
        },
      };
    },
    park(round) {
      const call = waiting.get(round.callId);
      if (call === undefined) return false;
      parked.set(round.callId, { ...call, ...round });
      return true;
    },
    take(callId, round) {
      const call = parked.get(callId);
      if (call === undefined || call.round !== round) return null;
      parked.delete(callId);
      return call;
    },
    end(callId) {
      const call = parked.get(callId);
      parked.delete(callId);
      call?.held.end();
    },
    leaveDurable: () => leaveDurable(parked),
    async close() {
      leaveDurable(parked);
      const calls = [...parked.values()];
      for (const { held } of calls) held.end();
      await Promise.all(calls.map(({ held }) => held.settled));
    },
  };
}

function leaveDurable(parked: Map<string, ParkedCall>): void {
  for (const [callId, { held, durable }] of parked) {
    if (durable === null) continue;
    parked.delete(callId);
    held.leave();
    durable.place.leave();
  }
}
