/** Of every limit, one principal gets no more than this part: somebody who takes all that they can must leave something to others. */
const PRINCIPAL_SHARE = 3 / 4;

export function shareOf(limit: number): number {
  return Math.ceil(limit * PRINCIPAL_SHARE);
}
