import type { Json } from '../json/value.ts';
import { err, ok, type Result } from '../result.ts';
import { invalidRequest } from './errors.ts';
import { type Message, type MessageFault, parseMessage } from './message.ts';

/** Messages that came in one array (JSON-RPC 2.0 §6). Each is decided by itself; only its frame is shared. */
export interface Batch {
  readonly kind: 'batch';
  readonly messages: readonly Message[];
}

/** More than this no honest host sends at once, and each costs what a request of its own would. */
const BATCH_MESSAGES_MAX = 50;

/**
 * Reads a batch, all or nothing: with one message malformed, nobody can say what the rest was meant to be. `initialize` opens what the
 * others would belong to, so it stands alone (MCP 2025-03-26, "Lifecycle"), and of two requests with one id, one answer would be
 * taken for the other.
 */
export function parseBatch(elements: readonly Json[]): Result<Batch, MessageFault> {
  if (elements.length === 0 || elements.length > BATCH_MESSAGES_MAX) {
    return fault(`A batch must hold 1 to ${BATCH_MESSAGES_MAX} messages`);
  }
  const messages: Message[] = [];
  const ids = new Set<string>();
  for (const element of elements) {
    const parsed = parseMessage(element);
    if (!parsed.ok) return fault('Every message of a batch must be well-formed');
    const message = parsed.value;
    if (message.kind !== 'response' && message.method === 'initialize')
      return fault('initialize must be sent by itself');
    if (message.kind === 'request') {
      const id = JSON.stringify(message.id);
      if (ids.has(id)) return fault('Every request of a batch must have an id of its own');
      ids.add(id);
    }
    messages.push(message);
  }
  return ok({ kind: 'batch', messages });
}

function fault(message: string): Result<never, MessageFault> {
  return err({ id: null, error: invalidRequest(message) });
}
