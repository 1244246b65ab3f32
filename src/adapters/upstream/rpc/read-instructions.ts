import { type ResultObject, readMember } from './read-message.ts';

/** Whatever is longer is no text for a model. */
const INSTRUCTIONS_CHARS_MAX = 100_000;

/** What an upstream says about itself, in its answer to `initialize` or `server/discover`. Its own claim, word for word. */
export function readInstructions({ message, members }: ResultObject): string | null {
  const text = readMember(message, members.get('instructions'));
  return typeof text === 'string' && text !== '' && text.length <= INSTRUCTIONS_CHARS_MAX ? text : null;
}
