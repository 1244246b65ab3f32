import { gzipSync } from 'node:zlib';

export interface ContentCase {
  readonly name: string;
  readonly size: string;
  readonly text: string;
}

const LINE =
  'The customer asked on 2026-11-03 for a revised quote; see https://wiki.example/deals/8842?tab=notes for 12,500.50 EUR.\n';

/** Results as servers give them, and texts that are as dear to look at as they can be. */
export function contentCases(): readonly ContentCase[] {
  return [
    ...sized('10 kB', 10_000),
    ...sized('1 MB', 1_000_000),
    { name: '1 MB, nothing but @', size: 'worst', text: textResult('a@'.repeat(500_000)) },
    { name: '1 MB, nothing but digits', size: 'worst', text: textResult('4111-'.repeat(200_000)) },
    { name: '1 MB, nothing but names', size: 'worst', text: textResult('password=x '.repeat(90_000)) },
    {
      name: '1 MB, one run of base64',
      size: 'worst',
      text: textResult(Buffer.from(LINE.repeat(6200)).toString('base64')),
    },
    ...['Authorization: ', 'KEY', 'яa', 'DE89 ', '://a:'].map((unit) => ({
      name: `1 MB, nothing but ${unit}`,
      size: 'worst',
      text: textResult(unit.repeat(1_000_000 / unit.length)),
    })),
    { name: '1 MB, nothing but secrets', size: 'worst', text: textResult('password=xA1b2c3d '.repeat(55_000)) },
    { name: '1 MB, packed parts', size: 'worst', text: textResult(packed().repeat(1_000_000 / packed().length)) },
    { name: '1 MB, escapes', size: 'worst', text: textResult('%41\\u0041&#65;'.repeat(66_000)) },
  ];
}

function packed(): string {
  return `${gzipSync(LINE.repeat(900)).toString('base64')} `;
}

function sized(size: string, bytes: number): readonly ContentCase[] {
  return [
    { name: `${size}, text`, size, text: textResult(LINE.repeat(bytes / LINE.length)) },
    {
      name: `${size}, structured`,
      size,
      text: JSON.stringify({ content: [], structuredContent: { deals: records(bytes) } }),
    },
    { name: `${size}, JSON as text`, size, text: textResult(JSON.stringify({ deals: records(bytes * 0.9) })) },
  ];
}

function records(bytes: number): readonly object[] {
  return Array.from({ length: bytes / 130 }, (_, id) => {
    return {
      id: `deal_${id}`,
      name: `Deal number ${id}`,
      stage: 'negotiation',
      amount: id * 12.5,
      open: true,
      note: 'asked for a quote, then silence',
    };
  });
}

function textResult(text: string): string {
  return JSON.stringify({ content: [{ type: 'text', text }], isError: false });
}
