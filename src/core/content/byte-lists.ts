import { Buffer } from 'node:buffer';
import { mayHoldText } from './encoded-runs.ts';
import type { UnfoldedText } from './unfold-text.ts';

/** `{"type":"Buffer","data":[103,104,…]}`, as Node writes bytes in JSON. A find in there takes all of the numbers with it. */
export function decodeBuffers(text: string): readonly UnfoldedText[] {
  const decoded: UnfoldedText[] = [];
  // From its first letter on: there are many more quotes.
  for (let at = text.indexOf(BUFFER); at !== -1; at = text.indexOf(BUFFER, at + BUFFER.length)) {
    if (text[at - 1] !== '"') continue;
    DATA.lastIndex = at + BUFFER.length;
    const [, numbers = ''] = DATA.exec(text) ?? [];
    const end = DATA.lastIndex;
    const bytes = Buffer.from(numbers.split(',').map(Number));
    if (numbers === '' || !mayHoldText(bytes)) continue;
    decoded.push({ text: bytes.toString('latin1'), spanOf: () => [end - numbers.length, end] });
  }
  return decoded;
}

const BUFFER = 'Buffer"';
/** Whole numbers: a stretch of a long text may end within one. */
const DATA = /\s{0,4},\s{0,64}"data"\s{0,4}:\s{0,4}\[\s*([0-9]+(?:\s*,\s*[0-9]+)*)(?=\s*[\],])/y;
