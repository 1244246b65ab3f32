import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { detect } from '../../../src/core/content/detect.ts';
import { credentialDetectors, resultDetectors } from '../../../src/core/content/detectors/credential.ts';
import { createKnownSecrets } from '../../../src/core/content/redact-arguments.ts';
import { redactText } from '../../../src/core/content/redact-text.ts';

const CREDENTIAL = 'canary-of-the-crm';
const detectors = credentialDetectors(createKnownSecrets([CREDENTIAL, 'other-credential', 'schlüssel-im-schloss']));
const redacted = (text: string): string => redactText(text, detect(text, detectors));

describe('a credential of the gateway', () => {
  it.each([
    ['as it is', CREDENTIAL],
    ['in entities', CREDENTIAL.replaceAll('-', '&#45;')],
    ['in entities of entities', CREDENTIAL.replaceAll('-', '&amp;#45;')],
    ['behind what nobody sees', CREDENTIAL.split('').join('\u200b')],
    ['in UTF-16', CREDENTIAL.split('').join('\0')],
    ['in base64 of UTF-16', Buffer.from(CREDENTIAL, 'utf16le').toString('base64')],
    ['in base64 of base64', Buffer.from(Buffer.from(`a ${CREDENTIAL} z`).toString('base64')).toString('base64')],
    ['in escapes of escapes', CREDENTIAL.replaceAll('-', '\\\\u002d')],
  ])('is found %s', (_, disguised) => {
    expect(redacted(`before ${disguised} after`)).toMatch(/^before \[redacted:credential\]=* after$/);
  });

  it.each(['canary-of-the-cr', 'CANARY-OF-THE-CRM', 'canary of the crm', 'schl\u00ffssel-im-schloss'])(
    'is not %j',
    (text) => {
      expect(redacted(text)).toBe(text);
    },
  );

  it('is found in a result whatever else the operator lets through', () => {
    const secrets = createKnownSecrets([CREDENTIAL]);
    const token = `ghp_${'iyxcr1m73849kc0nolx2073atq26maalw6xk'}`;
    const text = `${token} ${CREDENTIAL.split('').join('\0')}`;
    const shown = (redactSecrets: boolean) =>
      redactText(text, detect(text, resultDetectors({ redactSecrets }, secrets)));
    expect(shown(false)).toBe(`${token} [redacted:credential]`);
    expect(shown(true)).toBe('[redacted:token] [redacted:credential]');
  });

  it('is looked for only where there is one', () => {
    expect(credentialDetectors(createKnownSecrets([]))).toEqual([]);
  });
});
