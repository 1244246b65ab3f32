import type { Report } from './log-fault.ts';

export interface SequenceCheck {
  take(sequence: number): void;
}

/** Numbers without a gap, from 1 where the log is whole, and from whatever comes first where it is a part. */
export function createSequenceCheck(report: Report, isWhole: boolean): SequenceCheck {
  let next = isWhole ? 1 : null;
  return {
    take(sequence) {
      const expected = next ?? sequence;
      if (sequence !== expected) report(sequence, `entry ${expected}`, describe(sequence, expected));
      next = sequence + 1;
    },
  };
}

function describe(sequence: number, expected: number): string {
  if (sequence < expected) return `entry ${sequence}, which was there before or belongs further up`;
  const missing = sequence - expected;
  return `entry ${sequence}: ${missing === 1 ? 'one is' : `${missing} are`} missing`;
}
