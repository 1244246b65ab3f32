/**
 * Snippets as results of tools have them, from memory of the tools that print them: one secret in each of the first, none in the others.
 * `<h40>` is filled as in `made-secrets.ts`, at run time, so that no scanner of repositories takes this file for a leak.
 */
export const SECRET_SNIPPETS: readonly string[] = lines(String.raw`
  postgres: FATAL: could not connect: postgresql://reporting:<a18>@10.4.0.7:5432/warehouse?sslmode=require
  SPRING_DATASOURCE_PASSWORD=<a16>
  spring.datasource.password=<a14>8
  datasource:\n  username: app\n  password: <a9>X4#k
  <setting id="SmtpPassword">Zq7<a11></setting>
  export GITHUB_TOKEN=ghp_<a36>
  git remote -v\norigin\thttps://x-access-token:ghs_<a36>@github.com/acme/api.git (fetch)
  git clone https://oauth2:glpat-<w20>@gitlab.acme.io/infra/tf.git
  {"auths":{"registry.acme.io":{"auth":"<b40>"}}}
  //npm.example.com/:_authToken=npm_<a36>
  [default]\naws_access_key_id = AKIA<i16>\naws_secret_access_key = <b40>
  {"AccessKeyId":"ASIA<i16>","SecretAccessKey":"<b40>","SessionToken":"IQoJb3JpZ2luX2VjE<b300>"}
  "connectionString": "DefaultEndpointsProtocol=https;AccountName=acmelogs;AccountKey=<b86>==;EndpointSuffix=core.windows.net"
  AZURE_CLIENT_SECRET=<a3>8Q~<a34>
  {"type":"service_account","private_key_id":"<h40>","private_key":"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0<b400>\n-----END PRIVATE KEY-----\n"}
  GOOGLE_API_KEY: AIzaSy<w33>
  curl -H 'Authorization: Bearer <w43>' https://api.acme.io/v2/me
  curl -u deploy:<a15>4 https://nexus.acme.io/repository/raw/
  curl -X POST -H "X-Api-Key: <a32>" -d @body.json https://hooks.acme.io
  wget --header="PRIVATE-TOKEN: glpat-<w20>" https://gitlab.acme.io/api/v4/projects
  http --auth-type bearer --auth <a40>1 api.acme.io/users password=<a10>7
  docker login -u ci --password <a17>2 registry.acme.io
  docker run -e MYSQL_ROOT_PASSWORD=<a13>6 -d mysql:8
  helm upgrade api ./chart --set db.password=<a15>3
  kubectl create secret generic db --from-literal=password=<a14>5
  vault login hvs.<w90>
  VAULT_TOKEN=hvs.CAESI<w86>
  Root Token: hvs.<w24>
  Unseal Key 1: <b43>=
  consul acl token: SecretID: <uuid>
  slack: xoxb-<d12>-<d13>-<a24>
  SLACK_WEBHOOK_URL=https://hooks.slack.com/services/T0<u9>/B0<u9>/<a24>
  STRIPE_SECRET_KEY=sk_live_51<a97>
  STRIPE_WEBHOOK_SECRET=whsec_<a32>
  twilio.auth_token = "<h32>"
  TWILIO_AUTH_TOKEN=<h32>
  SENDGRID_API_KEY=SG.<w22>.<w43>
  OPENAI_API_KEY=sk-proj-<w74>T3BlbkFJ<w74>
  anthropic: sk-ant-api03-<w93>AA
  HF_TOKEN=hf_<a34>
  DATABASE_URL="mysql://root:<a12>9@db/app"
  redis://default:<a24>@redis-12345.c1.eu-west-1.cloud.redislabs.com:12345
  amqps://svc:<a20>@rabbit.acme.io/prod
  mongodb://admin:<a16>@mongo-0.mongo:27017/?authSource=admin
  smtp://mailer%40acme.io:<a14>@smtp.acme.io:587
  ftp://backup:<a12>4@ftp.acme.io/dumps
  jdbc:oracle:thin:scott/<a11>7@//db.acme.io:1521/ORCL
  jdbc:mysql://db.acme.io:3306/app?user=app&password=<a15>2
  Server=db.acme.io;Database=app;User Id=sa;Password=<a13>5;TrustServerCertificate=true
  Data Source=tcp:x.database.windows.net;Pwd=<a14>6;
  ALTER USER app WITH PASSWORD '<a15>3';
  CREATE USER 'etl'@'%' IDENTIFIED BY '<a15>4';
  -----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA<b70>\n<b70>\n-----END OPENSSH PRIVATE KEY-----
  -----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,<H32>\n\n<b64>\n<b64>\n-----END RSA PRIVATE KEY-----
  -----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQOYBF<b60>\n<b60>\n=ab12\n-----END PGP PRIVATE KEY BLOCK-----
  apiVersion: v1\nkind: Secret\nmetadata:\n  name: api\ntype: Opaque\ndata:\n  token: <b24>
  users:\n- name: admin\n  user:\n    token: eyJhbGciOiJSUzI1NiIsImtpZCI6IkFBIn0.eyJpc3MiOiJrdWJlIiwic3ViIjoiYSJ9.<w86>
  Set-Cookie: JSESSIONID=<H32>; Path=/; HttpOnly
  Cookie: _ga=GA1.2.3; connect.sid=s%3A<w32>.<w43>
  Authorization: Basic <b28>
  Proxy-Authorization: Basic <b24>=
  x-amz-security-token: IQoJb3JpZ2luX2VjE<b200>
  https://bucket.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA<i16>%2F20261101&X-Amz-Signature=<h64>
  https://acme.blob.core.windows.net/c/f.csv?sp=r&st=2026-01-01&sv=2022-11-02&sr=b&sig=<a43>%3D
  https://maps.googleapis.com/maps/api/js?key=AIzaSy<w33>
  https://api.telegram.org/bot<d10>:AA<w33>/getMe
  https://discord.com/api/webhooks/<d18>/<w68>
  GET /v1/items?access_token=<a40> HTTP/1.1
  POST /login username=ann&password=<a11>%21<d2>
  {"username":"svc-report","password":"<a10>#T7"}
  {"grant_type":"client_credentials","client_id":"<a12>","client_secret":"<w40>"}
  {"access_token":"<w60>","token_type":"Bearer","expires_in":3600}
  {"refresh_token":"1//0<w60>"}
  {"name":"JIRA_API_TOKEN","value":"ATATT3xFfGF0<w172>=<H8>"}
  {"key":"db_password","value":"<a14>8"}
  - name: SENTRY_AUTH_TOKEN\n  value: sntrys_eyJ<b100>_<b43>
  const client = new Client({ apiKey: "<a32>" });
  openai.api_key = "sk-<a48>"
  requests.get(url, headers={"Authorization": "token <h40>"})
  $password = '<a12>7';
  private static final String SECRET_KEY = "<a32>";
  define('DB_PASSWORD', '<a14>3');
  define( 'AUTH_KEY', '<a60>8' );
  'password' => env('DB_PASSWORD', '<a12>6'),
  secret_key_base: <h128>
  SECRET_KEY = 'django-insecure-<a50>'
  WIREGUARD [Interface]\nPrivateKey = <b42>A=
  psk="<a14>7"
  snmp-server user ops v3 auth sha <a14>8 priv aes 128 <a14>9
  username admin privilege 15 secret 5 $1$<a4>$<a22>
  enable secret 9 $9$<a14>$<a43>
  root:$6$<a16>$<a86>:19700:0:99999:7:::
  htpasswd: ops:$apr1$<a8>$<a22>
  ansible_become_pass: <a12>6
  ansible-playbook site.yml -e db_password=<a13>6
  terraform.tfstate: "password": "<a16>", "username": "app"
  machine github.com login bot password <a36>
  The wifi password is <a9>42!
  Hi Ann, your temporary password: <a8>9Q
  API key for staging is <a32>
  LICENSE_KEY=<u5>-<u5>-<u5>-<u5>-<u5>
  NUGET_API_KEY: oy2<l43>
  PYPI_TOKEN=pypi-AgEIcHlwaS5vcmc<w150>
  DD_API_KEY=<h32>
  datadog: api_key: <h32>
  age: AGE-SECRET-KEY-1<k58>
  CLOUDFLARE_API_TOKEN=<w40>
  fly: FLY_API_TOKEN="fm2_<b200>"
  LINEAR_API_KEY=lin_api_<a40>
  NOTION_TOKEN=ntn_<d11><a35>
  AIRTABLE_PAT=pat<a14>.<h64>
  figma token figd_<w40>
  DO_TOKEN=dop_v1_<h64>
  SHOPIFY_ACCESS_TOKEN=shpat_<h32>
  MAILGUN_KEY=key-<h32>
  MAILCHIMP=<h32>-us21
  SONAR_TOKEN=squ_<h40>`);

export const CLEAN_SNIPPETS: readonly string[] = lines(String.raw`
  "resolved": "https://npm.example.com/lodash/-/lodash-4.17.21.tgz", "integrity": "sha512-<b86>=="
  lodash@^4.17.21:\n  version "4.17.21"\n  resolved "https://registry.yarnpkg.com/lodash/-/lodash-4.17.21.tgz#<h40>"\n  integrity sha512-<b86>==
  [[package]]\nname = "serde"\nversion = "1.0.200"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "<h64>"
  github.com/pkg/errors v0.9.1 h1:<b43>=
  requests==2.31.0 --hash=sha256:<h64>
  commit <h40> (HEAD -> main, origin/main)
  index <h7>..<h7> 100644
  FROM node:22-alpine@sha256:<h64>
  docker.io/library/nginx:1.27@sha256:<h64>
  CONTAINER ID <h12> IMAGE nginx COMMAND "/docker-entrypoint.…"
  ETag: "<h32>"
  ETag: W/"<h2>-<w27>"
  X-Request-Id: <uuid>
  traceparent: 00-<h32>-<h16>-01
  X-Amzn-Trace-Id: Root=1-<h8>-<h24>
  x-amz-request-id: <u16>
  CF-RAY: <h16>-MAD
  Content-MD5: <b22>==
  Digest: SHA-256=<b43>=
  MD5 (release.tar.gz) = <h32>
  <h64>  dist/app.js
  data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA<b600>
  data:font/woff2;base64,d09GMgABAAAAA<b400>
  <script src="/app.js" integrity="sha384-<b64>" crossorigin="anonymous"></script>
  <link rel="stylesheet" href="/assets/index-<w8>.css">
  /assets/chunk-<u8>.js
  main.<h20>.js 1.2 MB
  ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ<b340> ann@laptop
  ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI<b43> deploy@ci
  SHA256:<b43> ann@laptop (ED25519)
  256 MD5:<h2>:<h2>:<h2>:<h2>:<h2>:<h2>:<h2>:<h2> ann@laptop (ED25519)
  -----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBa<b64>\n<b64>\n-----END CERTIFICATE-----
  -----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A<b64>\n-----END PUBLIC KEY-----
  {"kty":"RSA","use":"sig","alg":"RS256","kid":"<w43>","n":"<w342>","e":"AQAB"}
  {"keys":[{"kty":"EC","crv":"P-256","x":"<w43>","y":"<w43>","kid":"<h16>"}]}
  arn:aws:secretsmanager:eu-west-1:<d12>:secret:prod/db-<a6>
  arn:aws:kms:eu-west-1:<d12>:key/<uuid>
  projects/<d12>/secrets/db-password/versions/latest
  i-<h17> running t3.medium subnet-<h17> vpc-<h17>
  s3://acme-logs/2026/11/03/<uuid>.json.gz
  {"Ref":"DbPassword"}
  password: { type: string, format: password, minLength: 12 }
  "password": {"type": "string", "description": "At least 12 characters, one digit"}
  <input type="password" name="password" autocomplete="current-password" placeholder="Your password">
  Forgot your password? Reset it at https://acme.io/reset
  Error: invalid password for user "ann" (attempt 3 of 5)
  auth: token expired 2026-11-03T10:22:01Z, refreshing
  WARN [auth] session 4711 expired after 3600s
  password_hash VARCHAR(255) NOT NULL, api_key_id BIGINT REFERENCES api_keys(id)
  SELECT user_id, token_count FROM usage WHERE token_type = 'prompt'
  CREATE INDEX idx_tokens_expires_at ON tokens (expires_at);
  max_tokens=4096 prompt_tokens=1523 completion_tokens=402
  "usage":{"input_tokens":2048,"output_tokens":512,"cache_read_tokens":1024}
  tokenizer.json: sha256 <h64>
  const token = localStorage.getItem("session_token_v2");
  const apiKey = process.env.ACME_API_KEY_2;
  api_key = os.environ["API_KEY_V2"]
  apiKey: \${{ secrets.API_KEY_2 }}
  password: "{{ vault_db_password_2 }}"
  value: !Ref DatabasePassword2
  secretKeyRef:\n  name: db-credentials-v2\n  key: password
  valueFrom:\n  secretKeyRef:\n    name: api-secrets-2026\n    key: api-token-1
  secretName: wildcard-acme-io-tls-2026
  externalSecret: key: prod/api/db password-property: password1
  export TOKEN=$(gcloud auth print-access-token)
  curl -H "Authorization: Bearer $ACCESS_TOKEN_2" https://api.acme.io
  curl -u "$USER1:$PASS1" https://api.acme.io
  mysql -u root -p"$MYSQL_PWD_1" app
  Authorization: Bearer <token>
  X-Api-Key: YOUR_API_KEY_HERE_123
  OPENAI_API_KEY=sk-your-key-here
  GITHUB_TOKEN=ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
  AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
  primaryKey: order_id, sortKey: created_at_2, foreignKey: fk_customer_7
  cacheKey: user:4711:profile:v3
  {"key":"PROJ-1234","fields":{"summary":"Rotate the API key before 2026-12-01"}}
  {"partition_key":"customer#8842","sort_key":"order#2026-11-03#0042"}
  S3Key: uploads/2026/11/03/report-v2-final.pdf
  Key: images/logo_256x256@2x.png
  keyId: projects/acme/locations/global/keyRings/r1/cryptoKeys/k1
  public_key: <b43>=
  "publishableKey": "pk_test_<a24>"
  "nextPageToken": "<w40>"
  next_token=<b40>
  "cursor":"eyJpZCI6MTIzNDUsImRpciI6Im5leHQifQ=="
  "continuation": "<b60>"
  sitekey="6L<w38>"
  csrf-token" content="<w43>"
  nonce-<b22>==
  <path d="M12 2C6.48 2 2 6.48 2 12s4.48 10 10 10 10-4.48 10-10S17.52 2 12 2zm0 18c-4.41 0-8-3.59-8-8s3.59-8 8-8"/>
  {"sys_id":"<h32>","number":"INC0012345","assigned_to":{"value":"<h32>"}}
  {"objectId":"<uuid>","tenantId":"<uuid>","appId":"<uuid>"}
  {"id":"cus_<a14>","object":"customer","default_source":"card_<a24>"}
  {"id":"pi_<a24>","amount":2000,"currency":"eur"}
  {"id":"evt_<a24>","type":"invoice.paid","request":{"id":"req_<a14>"}}
  {"id":"msg_<a24>","model":"claude","stop_reason":"end_turn"}
  {"id":"chatcmpl-<a29>","object":"chat.completion"}
  {"ts":"<d10>.<d6>","channel":"C0<u9>","user":"U0<u9>"}
  {"node_id":"MDQ6VXNlc<a10>","sha":"<h40>","url":"https://api.github.com/repos/acme/api/git/trees/<h40>"}
  https://docs.google.com/spreadsheets/d/1<w43>/edit#gid=0
  https://www.figma.com/file/<a22>/Design-System?node-id=12%3A345
  https://acme.atlassian.net/browse/PROJ-8842?focusedCommentId=<d6>
  https://youtu.be/<w11>?t=42
  https://acme.sharepoint.com/:x:/s/fin/E<w40>?e=<a6>
  https://meet.google.com/abc-defg-hij
  0x<h40> transferred 1.5 ETH in tx 0x<h64>
  bc1q<l38>
  ISBN 978-3-16-148410-0, order 4006381333931, DOI 10.1000/xyz123
  Subject: key takeaways: Q3 2026; password policy: 90 days, min. 12 chars
  Session: Track A, Room 204, 10:30-11:15
  The key is under the mat: number 12, flat 3.
  error TS2345: Argument of type 'Token2' is not assignable to parameter of type 'AuthToken'.
  at Object.getSecretValue (/app/node_modules/@acme/secrets/dist/index.js:142:17)
  at com.acme.auth.TokenService$$EnhancerBySpringCGLIB$$<h8>.refresh(<generated>)
  java.lang.IllegalStateException: token=null, user=ann42, realm=acme-2
  uid=1000(ann) gid=1000(ann) groups=1000(ann),27(sudo)
  -rw-r--r-- 1 ann ann 4096 Nov  3 10:22 id_ed25519.pub
  Nov 03 10:22:01 web-1 sshd[4711]: Accepted publickey for ann from 10.4.0.9 port 51022 ssh2: ED25519 SHA256:<b43>
  pod/api-<h10>-<l5> 1/1 Running 0 12d
  go: downloading golang.org/x/crypto v0.21.0-0.20240301-<h12>
  keyboard layout: us-intl1; monkey: 2; turkey: 7kg; hotkey: ctrl+shift+F12
  passive: true2, compass: N42E, bypass: rule-17b, passenger: A12-B34`);

function lines(text: string): readonly string[] {
  return text
    .trim()
    .split(/\n\s*/)
    .map((line) => line.replaceAll(String.raw`\n`, '\n').replaceAll(String.raw`\t`, '\t').replaceAll('\\$', '$'));
}
