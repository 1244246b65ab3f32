import type { Ids } from '../ports/clock.ts';

/** 256 random bits in 44 characters. */
export function randomText(ids: Ids): string {
  return [ids.next('s'), ids.next('s')].map((id) => id.slice('s_'.length)).join('');
}
