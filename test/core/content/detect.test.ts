import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PERSONAL_DATA_CLASSES } from '../../../src/core/content/detectors/detector.ts';
import { personalDataDetectors, SECRET_DETECTORS } from '../../../src/core/content/detectors/built-in.ts';
import { opaqueValue } from '../../../src/core/content/detectors/opaque-value.ts';
import { detect } from '../../../src/core/content/detect.ts';
import { detectInJson } from '../../../src/core/content/redact-json.ts';
import { redactText } from '../../../src/core/content/redact-text.ts';
import { CLEAN_SNIPPETS, SECRET_SNIPPETS } from '../../support/field-samples.ts';
import { createFiller, makeTexts } from '../../support/made-secrets.ts';
import { loadSecretSamples } from '../../support/secret-samples.ts';

// Put together here, so that no scanner of repositories takes this file for a leak.
const GITHUB = `ghp_${'iyxcr1m73849kc0nolx2073atq26maalw6xk'}`;
const PERSONAL = personalDataDetectors(new Set(PERSONAL_DATA_CLASSES));
const ALL = [...SECRET_DETECTORS, ...PERSONAL];

const redacted = (text: string, detectors = SECRET_DETECTORS): string => redactText(text, detect(text, detectors));

describe('secrets that are told by their form', () => {
  it.each([
    ['a token in a sentence', `use ${GITHUB}, please`, 'use [redacted:token], please'],
    ['two of them', `${GITHUB} ${GITHUB}`, '[redacted:token] [redacted:token]'],
    ['one in a URL', `https://x.example/?t=${GITHUB}&q=1`, 'https://x.example/?t=[redacted:token]&q=1'],
    ['one behind an escaped line break', `"a\\n${GITHUB}"`, '"a\\n[redacted:token]"'],
    [
      'what mysql is given',
      'mysql -h db -u root -pZNRz4OxEs2M1x app',
      'mysql -h db -u root -p[redacted:command-line-credentials] app',
    ],
    [
      'what sshpass is given',
      "sshpass -p 'Zk29xLq81mPd' ssh a@b",
      "sshpass -p '[redacted:command-line-credentials]' ssh a@b",
    ],
    [
      'the password of a connection string',
      'postgres://app:s3cr3tPw@db:5432/x',
      'postgres://app:[redacted:url-password]@db:5432/x',
    ],
    ['a named value', 'DB_PASSWORD="kq93Zx01pQ"', 'DB_PASSWORD="[redacted:named-secret]"'],
    ['a named value in YAML', 'api_key: kq93Zx01pQ84mm', 'api_key: [redacted:named-secret]'],
    ['a header', 'Authorization: Bearer kq93Zx01pQ84mm', 'Authorization: Bearer [redacted:authorization]'],
    ['a cookie', 'Cookie: a=1; sid=kq93Zx01pQ84mm77', 'Cookie: a=1; sid=[redacted:authorization]'],
    ['an option', 'run --api-key kq93Zx01pQ84mm -v', 'run --api-key [redacted:command-line-credentials] -v'],
    [
      'what SQL gives',
      "ALTER USER a PASSWORD 'kq93Zx01pQ'",
      "ALTER USER a PASSWORD '[redacted:command-line-credentials]'",
    ],
    [
      'what MySQL gives',
      "CREATE USER 'a'@'%' IDENTIFIED BY 'kq93Zx01pQ'",
      "CREATE USER 'a'@'%' IDENTIFIED BY '[redacted:command-line-credentials]'",
    ],
    [
      'a connection string of Oracle',
      'jdbc:oracle:thin:scott/kq93Zx01@//db:1521/ORCL',
      'jdbc:oracle:thin:scott/[redacted:url-password]@//db:1521/ORCL',
    ],
    [
      'what a call is given',
      "define('DB_PASSWORD', 'kq93Zx01pQ');",
      "define('DB_PASSWORD', '[redacted:named-secret]');",
    ],
    ['a short name', 'DB_PASS=kq93Zx01pQ', 'DB_PASS=[redacted:named-secret]'],
    ['the hash of a password', `root:$6$ab12cd34$${'Zk3.'.repeat(21)}Zk:1:`, 'root:[redacted:token]:1:'],
    ['a name in two words', 'API key: kq93Zx01pQ84mm', 'API key: [redacted:named-secret]'],
    ['a sentence', 'the password is kq93Zx01pQ84mm now', 'the password is [redacted:named-secret] now'],
    ['a password without a digit', 'password = "correct#Horse"', 'password = "[redacted:named-secret]"'],
    [
      'a name inside of an address',
      'token: https://x.example/?api_key=kq93Zx01pQ84',
      'token: https://x.example/?api_key=[redacted:named-secret]',
    ],
    [
      'an attribute',
      '<add key="DbPassword" value="kq93Zx01" />',
      '<add key="DbPassword" value="[redacted:named-secret]" />',
    ],
    [
      'a manifest',
      'kind: Secret\ndata:\n  a: a3E5M1p4\n  b: cFE4NG1t\ntype: Opaque',
      'kind: Secret\ndata:\n  a: [redacted:kubernetes-secret]\n  b: [redacted:kubernetes-secret]\ntype: Opaque',
    ],
    [
      'a table',
      'id,name,api_key\n1,ann,kq93Zx01pQ84mm77Lx\n2,bob,none',
      'id,name,api_key\n1,ann,[redacted:secret-column]\n2,bob,none',
    ],
    [
      'a table with strokes',
      '| User | Password |\n|---|---|\n| ann | `kq93Zx01pQ` |\n\nuser2 | word4five',
      '| User | Password |\n|---|---|\n| ann | `[redacted:secret-column]` |\n\nuser2 | word4five',
    ],
    [
      'a table of a database',
      ' user |  password  \n------+------------\n ann  | kq93Zx01pQ \n',
      ' user |  password  \n------+------------\n ann  | [redacted:secret-column] \n',
    ],
    [
      'a table with quotes',
      '"a","token"\n"x, y","kq93Zx01pQ84mm77Lx"',
      '"a","token"\n"x, y","[redacted:secret-column]"',
    ],
    [
      'a list in columns',
      'HOST      db1\napi_key   kq93Zx01pQ84mm\n',
      'HOST      db1\napi_key   [redacted:secret-column]\n',
    ],
    [
      'an object with a value',
      '"db_password": { "value": "kq93Zx01pQ" }',
      '"db_password": { "value": "[redacted:named-secret]" }',
    ],
    [
      'a header in a list of them',
      '{"key":"Authorization","value":"Token kq93Zx01pQ84mm"}',
      '{"key":"Authorization","value":"Token [redacted:named-secret]"}',
    ],
    [
      'a digest of a password',
      'Authorization: Digest username="ann", response="9b1d0c4f8e7a6b5c4d3e2f1a0b9c8d7e"',
      'Authorization: Digest username="ann", response="[redacted:authorization]"',
    ],
    ['a scheme in a sentence', 'sent as Bearer kq93Zx01pQ84mm77Lx2a!', 'sent as Bearer [redacted:authorization]!'],
    ['a key of a service', 'azureOpenAiKey: kq93Zx01pQ84mm77Lx2a', 'azureOpenAiKey: [redacted:named-secret]'],
    ['a token behind its scheme', `SSWS 00${'kQ93zX01pQ'.repeat(3)}84mmkQ7zLx`, 'SSWS [redacted:token]'],
    [
      'a configuration of a router',
      'crypto isakmp key kq93Zx01pQ address 1.2.3.4',
      'crypto isakmp key [redacted:command-line-credentials] address 1.2.3.4',
    ],
    [
      'an encoded password of a router',
      'username a password 7 0822455D0A16',
      'username a password 7 [redacted:command-line-credentials]',
    ],
    ['German', 'Passwort: kq93Zx01pQ', 'Passwort: [redacted:named-secret]'],
    ['French', 'Mot de passe : kq93Zx01pQ', 'Mot de passe : [redacted:named-secret]'],
    ['Russian', 'Пароль: kq93Zx01pQ', 'Пароль: [redacted:named-secret]'],
    ['Chinese', '密码：kq93Zx01pQ', '密码：[redacted:named-secret]'],
    ['a password with brackets', 'password = "kq93[Zx0<1pQ"', 'password = "[redacted:named-secret]"'],
    [
      'a password with a dollar and a percent sign',
      "password = 'kq9$Zx0%a1pQ'",
      "password = '[redacted:named-secret]'",
    ],
    [
      'a private key',
      `-----BEGIN EC PRIVATE KEY-----\n${'Mk4x'.repeat(12)}\n-----END EC PRIVATE KEY-----.`,
      '[redacted:private-key].',
    ],
  ])('finds %s', (_, text, expected) => {
    expect(redacted(text)).toBe(expected);
  });

  it.each([
    ['git digests', 'commit 941177c07ac2ba92b5cbf9ac07b0f7bd11cb5f4a'],
    ['UUIDs', 'id 832d2129-a846-4e27-99f4-7004b6ad53ef'],
    ['placeholders', 'api_key: <your-api-key> token=${TOKEN} password: xxxxxxxxxxxx'],
    ['code', 'const token = await getToken(user1); password = process.env.PASSWORD1'],
    ['keys that Google publishes', `AIza${'SyAnLA7NfeLquW1tJFpx_eQCxoX-oo6YyIs'}`],
    ['what guards a form', '<input name="authenticity_token" value="kq93Zx01pQ84mm77">'],
    ['a configuration', 'kind: ConfigMap\ndata:\n  a: a3E5M1p4'],
    ['what leads to the next page', '{"nextPageToken":"kq93Zx01pQ84mm","next_token": "kq93Zx01pQ84mm77"}'],
    ['where a secret is', 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-Kq93Zx'],
    ['a list of names', 'columns = ["password_hash", "api_key_v2"]; f("token", "id")'],
    ['variables in a value', 'password: "pre-$DB_PASSWORD1" token: "${X1}y" secret: "%(pw2)s" api_key: "$apiKey"'],
    [
      'references in brackets',
      'token: "<token-2>" password: "{{ pw2_value }}" secret: "[secret 2]" key: tokens[index2]',
    ],
    ['a table of columns', '| Column | Type |\n|---|---|\n| api_key_v2 | varchar64x |\n| token_v2 | uuid_v7x |'],
    ['a table without secrets', 'token,count\nthe,4711\nGPT4o-mini,12'],
    ['what is given to an app', `MailchimpSDK.initialize(token: ${'0a1b2c3d4e5f6789'.repeat(2)}-us18)`],
    ['hexadecimal that somebody changed', `api-key: acDe05b1a6d4c890237bf08c5e6e8d2b4d0f2e9a`],
    ['keys that are found by', 'mapsKey: regions/eu-west-1/maps_v2 stripeKey: keys["v2"]'],
    [
      'a signed measure',
      `Basic ${['{"alg":"HS256"}', '{"confidence":0.8}', 'x'.repeat(9)].map((part) => Buffer.from(part).toString('base64url')).join('.')}`,
    ],
    ['words about passwords', 'Пароль: не менее 12 символов. 密码：至少12位 Mot de passe : 12 caractères'],
    ['descriptions', 'max_tokens: 4096, token_count: 123456789a, password_length: 12'],
    ['an image', `data:image/png;base64,iVBORw0KGgo${'QUtJQUlPU0ZPRE5ON0VYQU1Q'.repeat(40)}`],
  ])('leaves %s alone', (_, text) => {
    expect(redacted(text)).toBe(text);
  });
});

describe('personal data', () => {
  it.each([
    ['email', 'write to ann.lee+x@mail.example.org.', 'write to [redacted:email].'],
    ['phone', 'call +34 600 123 456 now', 'call [redacted:phone] now'],
    ['card number', 'card 4111 1111 1111 1111, thanks', 'card [redacted:card-number], thanks'],
    ['IBAN', 'to DE89 3704 0044 0532 0130 00 PLEASE', 'to [redacted:iban] PLEASE'],
    ['US number', 'SSN 219-09-9999', 'SSN [redacted:national-id]'],
    ['Spanish number', 'DNI 12345678Z', 'DNI [redacted:national-id]'],
    ['IP address in a path', 'GET /hosts/133.133.133.133', 'GET /hosts/[redacted:ip-address]'],
    ['address of somebody called git', 'git@acme.io', '[redacted:email]'],
    ['IP address', 'from 133.133.133.133:80', 'from [redacted:ip-address]:80'],
  ])('finds an %s', (_, text, expected) => {
    expect(redacted(text, PERSONAL)).toBe(expected);
  });

  it.each([
    ['a number that is no card', 'order 4111111111111112'],
    ['an IBAN with a wrong digit', 'DE88370400440532013000'],
    ['a Spanish number with a wrong letter', '12345678A'],
    ['a private address', '192.168.0.1 127.0.0.1 ::1'],
    ['a version', 'version 1.2.3 of 2026-11-20T10:00:00Z'],
    ['a version of four numbers', 'version 1.24.0.1, build 1.2.3.4, section 3.1.4.1'],
    ['the name of a browser', 'Mozilla/5.0 (X11) Chrome/120.0.0.0 Safari/537.36'],
    ['where a repository is', 'git@github.com:org/repo.git'],
    ['a mention', '@ann and a@b'],
  ])('leaves %s alone', (_, text) => {
    expect(redacted(text, PERSONAL)).toBe(text);
  });
});

describe('the detectors together', () => {
  it('report spans in order, within the text and without overlaps', () => {
    const pieces = fc.constantFrom(
      GITHUB,
      'a@b.example',
      '%67',
      '\\u0067',
      'token: ',
      '"',
      '\u{200b}',
      'YWJjZGVm',
      ' ',
      '=',
      'я',
      '-',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 30 }), (parts) => {
        const text = parts.join('');
        let last = 0;
        for (const { start, end } of detect(text, ALL)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(text.length);
      }),
    );
  });

  it('finds a token wherever it stands in a text', () => {
    fc.assert(
      fc.property(fc.lorem(), fc.lorem(), (before, after) => {
        expect(redacted(`${before} ${GITHUB} ${after}`)).toBe(`${before} [redacted:token] ${after}`);
      }),
    );
  });

  it('leave almost nothing of made-up secrets unfound, and nothing harmless touched', () => {
    const { secrets, harmless } = makeTexts(20_261_128);
    const look = (text: string): number => (/^[{[]/.test(text) ? detectInJson : detect)(text, SECRET_DETECTORS).length;
    const missed = secrets.filter((text) => look(text) === 0);
    expect(missed.length / secrets.length).toBeLessThanOrEqual(0.02);
    expect(harmless.filter((text) => look(text) > 0)).toEqual([]);
  });

  it('find what tools print, and leave alone what only looks like it', () => {
    const fill = createFiller(7);
    const texts = (snippets: readonly string[]): readonly string[] =>
      snippets.flatMap((snippet) => {
        const text = fill(snippet);
        return [text, JSON.stringify({ content: [{ type: 'text', text: `It says:\n\n${text}\n\nDone.` }] })];
      });
    const isTouched = (text: string): boolean =>
      (text.startsWith('{"content"') ? detectInJson : detect)(text, SECRET_DETECTORS).length > 0;
    const secrets = texts(SECRET_SNIPPETS);
    const clean = texts(CLEAN_SNIPPETS);
    expect(secrets.filter(isTouched).length / secrets.length).toBeGreaterThanOrEqual(0.95);
    expect(clean.filter(isTouched).length / clean.length).toBeLessThanOrEqual(0.01);
  });

  // What took more than time in proportion to the text would not come to an end here.
  it.each([
    'token:',
    'key:',
    'token: /',
    'name: token value: ',
    'kind: Secret\n',
    'PuTTY-User-Key-File-2',
    'Cookie: a=',
    '--token ',
    'mysql ',
    'redis-cli -a',
    'token=',
    '"token":"',
    'a@a.a.',
    'eyJ.',
    'eyJa-',
    '-----BEGIN PRIVATE KEY-----',
    '://a:',
    'curl -u ',
    '+1',
    '1 ',
    'DE89 ',
    '%41',
    '%2525',
    '\\u0041',
    '&#65;',
    '=3D',
    'sk-ant-',
    'AKIA',
    'a',
    '\u{200b}',
    'Q~',
    '(200) ',
    '1.',
    '::1:',
    '\\',
    'H4sIAAAAAAAAAAAAAAAAAAAAAAAAAAAA ',
  ])('come to an end on a long text of %j', (unit) => {
    expect(Array.isArray(detect(unit.repeat(Math.ceil(200_000 / unit.length)), ALL))).toBe(true);
  });
});

describe('the public samples', () => {
  const samples = loadSecretSamples();
  const thorough = [...SECRET_DETECTORS, opaqueValue, ...personalDataDetectors(new Set(['ip-address']))];

  it('has at least 95 % of its secrets found, as `countersign redact` looks at a text', () => {
    const secrets = samples.filter(({ expect: kind }) => kind === 'secret');
    const found = secrets.filter(({ text }) => detect(text, thorough).length > 0);
    expect(found.length / secrets.length).toBeGreaterThanOrEqual(0.95);
  });

  it('has at least 82 % found by their form alone, as in results', () => {
    const secrets = samples.filter(({ expect: kind }) => kind === 'secret');
    const found = secrets.filter(({ text }) => detect(text, SECRET_DETECTORS).length > 0);
    expect(found.length / secrets.length).toBeGreaterThanOrEqual(0.82);
  });

  it('has at most 1 % of the clean ones touched', () => {
    const clean = samples.filter(({ expect: kind }) => kind === 'clean');
    const touched = clean.filter(({ text }) => detect(text, thorough).length > 0);
    expect(touched.length / clean.length).toBeLessThanOrEqual(0.01);
  });
});
