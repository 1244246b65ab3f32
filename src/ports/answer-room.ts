/**
 * Memory for the answer of one call, from when it arrives until its reader has it. Only large answers ask for it: what small ones take is
 * bounded by how many calls there may be.
 */
export interface AnswerRoom {
  /** `false`: answers that are not read leave none for so many bytes more, and nothing was taken. */
  take(bytes: number): boolean;
  /**
   * Takes it when it is there and calls `onTaken` then, never at once. The function that is returned gives up; `null`: too many wait
   * already.
   */
  wait(bytes: number, onTaken: () => void): (() => void) | null;
  /** All that was taken: the answer was another's, or was given up. */
  giveBack(): void;
}

/** Up to here an answer is small. */
export const SMALL_ANSWER_BYTES_MAX: number = 64 * 1024;

/** Answers that wait at once for others to be read. An upstream keeps a connection for each, and the gateway what came with its head. */
export const WAITING_ANSWERS_MAX: number = 1_024;
