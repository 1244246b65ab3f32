/** Thrown where a call ends in this process and goes on in the next one: it has no outcome, and nobody here may give it one. */
export class CallLeft extends Error {
  override readonly name = 'CallLeft';
}
