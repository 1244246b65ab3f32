import { Buffer } from 'node:buffer';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { createSeededRandom } from './seeded-random.ts';

/**
 * Secrets and harmless texts, made up after the formats that issuers publish. They are put together at run time, so that no scanner of
 * repositories takes this file for a leak. `<h40>` is 40 hexadecimal digits; the letters are those of `ALPHABETS`.
 */
export interface MadeTexts {
  readonly secrets: readonly string[];
  readonly harmless: readonly string[];
}

export function makeTexts(seed: number): MadeTexts {
  const fill = createFiller(seed);
  const secrets = [...SECRET_TEMPLATES.map(fill), ...composed(fill)];
  return {
    secrets: secrets.flatMap((secret) => CONTEXTS.map((put) => put(secret))),
    harmless: Array.from({ length: 10 }, () => HARMLESS_TEMPLATES.map(fill)).flat(),
  };
}

/** Fills templates with letters and digits that the seed repeats. */
export function createFiller(seed: number): (template: string) => string {
  const random = createSeededRandom(seed);
  return (template) =>
    template
      .replaceAll('<uuid>', '<h8>-<h4>-<h4>-<h4>-<h12>')
      .replace(/<([a-zA-Z])([0-9]+)>/g, (_, kind: string, count: string) => {
        const alphabet = ALPHABETS.get(kind) ?? '';
        return Array.from({ length: Number(count) }, () => alphabet[Math.floor(random() * alphabet.length)] ?? '').join(
          '',
        );
      });
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const ALPHANUMERIC = LOWER + LOWER.toUpperCase() + DIGITS;
const ALPHABETS: ReadonlyMap<string, string> = new Map([
  ['a', ALPHANUMERIC],
  ['b', `${ALPHANUMERIC}+/`],
  ['w', `${ALPHANUMERIC}-_`],
  ['d', DIGITS],
  ['h', '0123456789abcdef'],
  ['H', '0123456789ABCDEF'],
  ['l', LOWER + DIGITS],
  ['u', LOWER.toUpperCase() + DIGITS],
  ['i', `${LOWER.toUpperCase()}234567`],
  ['k', 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L'],
]);

/** In which a secret may stand. */
const CONTEXTS: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => `token: ${secret}`,
  (secret) => `Use ${secret} for the request.`,
  (secret) => JSON.stringify({ content: [{ type: 'text', text: `found:\n${secret}\nend` }] }),
  (secret) => JSON.stringify({ rows: [{ id: 1, value: secret }] }),
  (secret) => `log level=info msg="got ${secret.replaceAll('\n', '\\n').replaceAll('"', "'")}"`,
  (secret) => Buffer.from(`the value is ${secret} ok`).toString('base64'),
  (secret) => encodeURIComponent(`v=${secret}`),
];

const lines = (text: string): readonly string[] => text.trim().split(/\n\s*/);

const SECRET_TEMPLATES: readonly string[] = lines(String.raw`
  github_pat_11<u20>_<a59>
  glpat-<w20>
  gldt-<w20>
  glrt-<w20>
  glsoat-<w20>
  xoxb-<d12>-<d13>-<a24>
  xoxp-<d12>-<d12>-<d13>-<h32>
  xapp-1-A<u10>-<d13>-<h64>
  https://hooks.slack.com/services/T<u10>/B<u10>/<a24>
  sk_live_<a24>
  rk_live_<a24>
  whsec_<a32>
  AKIA<i16>
  ASIA<i16>
  AIzaSyB<w32>
  GOCSPX-<w28>
  ya29.a0<w150>
  AccountKey=<b86>==
  <a3>8Q~<a34>
  Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=<b43>=
  https://a.blob.core.windows.net/c/f?sv=2022-11-02&sp=r&sig=<a42>%3D
  sk-<a20>T3BlbkFJ<a20>
  sk-proj-<w74>T3BlbkFJ<w74>
  sk-ant-api03-<w93>AA
  hf_<a34>
  gsk_<a52>
  xai-<a80>
  pplx-<a48>
  r8_<a37>
  COHERE_API_KEY=<a40>
  sk-or-v1-<h64>
  nvapi-<w64>
  lsv2_pt_<h32>_<h10>
  tvly-dev-<a32>
  npm_<a36>
  //npm.example.com/:_authToken=<uuid>
  pypi-AgEIcHlwaS5vcmc<w150>
  dckr_pat_<w27>
  rubygems_<h48>
  SK<h32>
  SG.<w22>.<w43>
  key-<h32>
  <h32>-us12
  xkeysib-<h64>-<a16>
  shpat_<h32>
  EAAA<w60>
  sq0csp-<w43>
  access-sandbox-<uuid>
  https://discord.com/api/webhooks/1<d17>/<w68>
  1<d9>:AA<w33>
  ATATT3xFfGF0<w172>=<H8>
  DD_API_KEY: <h32>
  NRAK-<u27>
  lin_api_<a40>
  ntn_<d11><a35>
  figd_<w40>
  pat<a14>.<h64>
  dop_v1_<h64>
  HRKU-AA<w58>
  HEROKU_API_KEY=<uuid>
  hvs.<w95>
  VAULT_TOKEN=s.<a24>
  dp.pt.<a43>
  <a14>.atlasv1.<a67>
  phx_<a43>
  sbp_<h40>
  sb_secret_<w31>
  pscale_tkn_<w43>
  tskey-auth-<a14>CNTRL-<a32>
  dapi<h32>
  mongodb+srv://app:<a16>@cluster0.ab.mongodb.net/db
  postgresql://svc:<a14>1@db.internal:5432/app
  redis://:<a20>@cache:6379/0
  Server=tcp:db.x.net,1433;User ID=sa;Password=<a12>7!;Encrypt=true
  squ_<h40>
  glsa_<a32>_<h8>
  dt0c01.<u24>.<u64>
  Authorization: SSWS 00<w40>
  CCIPAT_<a22>_<h40>
  nfp_<a36>
  pul-<h40>
  CFPAT-<w43>
  pat-na1-<uuid>
  shippo_live_<h40>
  AGE-SECRET-KEY-1<k58>
  PrivateKey = <b42>A=
  Authorization: Bearer <w40>
  Set-Cookie: session=<w43>; HttpOnly; Path=/
  machine api.example.net login me@x.example password <a20>
  DB_PASSWORD=<a10>@3
  {"user":"svc","password":"<a11>!<d2>"}
  const apiKey = '<a32>';
  aws_secret_access_key = <b40>
  mysql -u root --password=<a14>1 db
  curl -u admin:<a12>9 https://x.internal/api
  https://api.x.example/v1/me?access_token=<a40>
  <password><a13>5</password>
  <add key="DbPassword" value="<a13>5" />
  The password is <a12>7! please keep it safe
  Your new API key: <a36>`);

/** What no template can say: checksums, signatures, keys. */
function composed(fill: (template: string) => string): readonly string[] {
  const base62 = DIGITS + LOWER.toUpperCase() + LOWER;
  const checksum = (body: string): string => {
    let rest = crc32(body);
    let digits = '';
    for (; rest > 0; rest = Math.floor(rest / 62)) digits = (base62[rest % 62] ?? '') + digits;
    return digits.padStart(6, '0');
  };
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: fill('<d8>'), exp: 1.7e9 })}`;
  const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  const bodies = ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'].map((prefix) => [prefix, fill('<a30>')] as const);
  return [
    ...bodies.map(([prefix, body]) => prefix + body + checksum(body)),
    `${signed}.${createHmac('sha256', 'x').update(signed).digest('base64url')}`,
    pem.toString(),
    JSON.stringify(pem.toString()).slice(1, -1),
    `client-key-data: ${Buffer.from(pem.toString()).toString('base64')}`,
    `kind: Secret\nmetadata:\n  name: db\ndata:\n  p: ${Buffer.from(fill('<a14>!')).toString('base64')}`,
    `Authorization: Basic ${Buffer.from(fill('svc:<a14>')).toString('base64')}`,
  ];
}

const HARMLESS_TEMPLATES: readonly string[] = lines(String.raw`
  <uuid>
  <h40>
  <h64>
  sha256:<h64>
  commit <h40> by ann
  {"id":"<uuid>","etag":"<h32>"}
  data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA<b400>
  integrity sha512-<b86>==
  https://example.com/report/<d8>?page=2&sort=name
  order_<d10> cus_<a14> in spring
  password: <your password>
  api_key = os.environ["API_KEY"]
  const token = await getToken(user.id)
  AKIAIOSFODNN7EXAMPLE
  ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
  Authorization: Bearer $TOKEN
  max_tokens: <d4>, temperature: 0.7, token_count: <d5>
  traceparent: 00-<h32>-<h16>-01
  pk_live_<a24>
  arn:aws:iam::<d12>:role/deploy-api
  ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA<b43> me@host
  postgres://user:password@localhost/db
  secretName: web-tls
  keyboard: qwerty, monkey: banana, tokenizer: cl100k_base
  pod/web-<h10>-<l5> run-<d10>
  primary_key: id, sort_key: created_at
  message-id: <a22@mail.example.com>
  https://docs.google.com/document/d/1<w43>/edit
  0x<h40>
  {"sys_id":"<h32>","number":"INC00<d5>"}`);
