/** Work in small parts: whoever does it may let others come in between at each yield. */
export type Steps<T> = Generator<void, T>;

/** All of it in one go. */
export function finishSteps<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}
