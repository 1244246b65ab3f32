import { describe, expect, it } from 'vitest';
import { SECRET_DETECTORS } from '../../../src/core/content/detectors/built-in.ts';
import { detect } from '../../../src/core/content/detect.ts';
import { redactJson } from '../../../src/core/content/redact-json.ts';
import { redactText } from '../../../src/core/content/redact-text.ts';
import { makeBlindClean, makeBlindSecrets } from '../../support/blind-samples.ts';

const asText = (text: string): string => redactText(text, detect(text, SECRET_DETECTORS));

const asResult = (text: string): string => {
  const result = Buffer.from(JSON.stringify({ content: [{ type: 'text', text }] }));
  const shown: unknown = JSON.parse(Buffer.concat(redactJson([result], SECRET_DETECTORS).json).toString());
  return (shown as { readonly content: readonly [{ readonly text: string }] }).content[0].text;
};

describe.each([
  ['a text', asText],
  ['a result', asResult],
])('samples that were written down before any was tried, as %s', (_, shownOf) => {
  const secrets = makeBlindSecrets(11);
  const clean = makeBlindClean(12);

  it('are as many as a share can be told from', () => {
    expect(secrets.every(({ hidden }) => hidden.length > 0 && hidden.every((part) => part.length >= 7))).toBe(true);
    expect(clean.every(({ hidden }) => hidden.length === 0)).toBe(true);
    expect([secrets.length, clean.length]).toEqual([195, 113]);
  });

  it('show nothing of at least 95 % of the secrets', () => {
    const shown = secrets.filter(({ text, hidden }) => {
      const rest = shownOf(text);
      return hidden.some((part) => rest.includes(part));
    });
    expect(shown.length / secrets.length).toBeLessThanOrEqual(0.055);
  });

  it('are touched in at most 1 % where they are clean', () => {
    const touched = clean.filter(({ text }) => shownOf(text) !== text);
    expect(touched.map(({ text }) => text).slice(1)).toEqual([]);
  });
});
