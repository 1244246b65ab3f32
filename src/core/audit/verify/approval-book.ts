import type { ApprovalEntry } from '../entry.ts';
import type { Report } from './log-fault.ts';
import { createRecent } from './recent.ts';

/** What an approval is about. Every entry of it says the same. */
export type About = Pick<ApprovalEntry, 'principal' | 'upstream' | 'tool' | 'argsDigest'>;

export interface AliveApproval {
  readonly status: 'pending' | 'approved' | 'executing';
  readonly about: About;
  /** Who approved, in order. */
  readonly approvers: readonly string[];
}

/** How far each approval is, as the entries so far tell it. */
export interface ApprovalBook {
  readonly isWhole: boolean;
  /** In words, whatever became of it. */
  stateOf(id: string): string;
  /**
   * The approval, if it may be changed in this way. `null`: it may not, which is reported, or it began before the first entry of a part of a
   * log.
   */
  find(
    id: string,
    change: { readonly sequence: number; readonly expected: string; readonly about: About },
  ): AliveApproval | null;
  put(id: string, approval: AliveApproval): void;
  end(id: string, how: string): void;
}

export const NEVER_ASKED_FOR = 'never asked for';

export function createApprovalBook(report: Report, isWhole: boolean): ApprovalBook {
  const alive = new Map<string, AliveApproval>();
  const over = createRecent<string>();
  const stateOf = (id: string): string => alive.get(id)?.status ?? over.get(id) ?? NEVER_ASKED_FOR;

  return {
    isWhole,
    stateOf,
    find(id, { sequence, expected, about }) {
      const known = alive.get(id);
      if (known === undefined || known.status === 'executing') {
        if (isWhole || stateOf(id) !== NEVER_ASKED_FOR) report(sequence, expected, `${id} is ${stateOf(id)}`);
        return null;
      }
      const changed = ABOUT.find((field) => known.about[field] !== about[field]);
      if (changed === undefined) return known;
      report(sequence, `${changed} ${known.about[changed]}, as approval ${id} was asked for`, about[changed]);
      return null;
    },
    put: (id, approval) => void alive.set(id, approval),
    end(id, how) {
      alive.delete(id);
      over.add(id, how);
    },
  };
}

const ABOUT = ['principal', 'upstream', 'tool', 'argsDigest'] as const;
