import { Buffer } from 'node:buffer';
import { createFiller } from './made-secrets.ts';

/** A text as a result of a tool may hold it. `hidden`: what of it must not be shown; empty where all of it is harmless. */
export interface BlindSample {
  readonly text: string;
  readonly hidden: readonly string[];
}

/**
 * Texts that were written down before any detector was tried on them. What must not be shown stands between `«` and `»`; `<a20>` is filled as
 * in `made-secrets.ts`, and what stands between `{{` and `}}` is put into base64, without padding before a full stop, at run time, so that no scanner of repositories takes
 * this file for a leak.
 */
export function makeBlindSecrets(seed: number): readonly BlindSample[] {
  return samplesOf(SECRETS, seed);
}

/** What looks like a secret and is none. */
export function makeBlindClean(seed: number): readonly BlindSample[] {
  return samplesOf(CLEAN, seed);
}

function samplesOf(block: string, seed: number): readonly BlindSample[] {
  const fill = createFiller(seed);
  return block
    .trim()
    .split(/\n\s*/)
    .map((line) => toSample(fill(line)));
}

function toSample(line: string): BlindSample {
  const marked = line
    .replaceAll(String.raw`\n`, '\n')
    .replaceAll(String.raw`\t`, '\t')
    .replaceAll(String.raw`\$`, '$')
    .replace(/\{\{(.*?\}?)\}\}(?!\})(\.?)/gs, (_, plain: string, stop: string) => encoded(plain, stop));
  const hidden = Array.from(marked.matchAll(/«(.*?)»/gs), ([, part = '']) => part);
  return { text: marked.replaceAll(/[«»]/g, ''), hidden };
}

function encoded(plain: string, stop: string): string {
  return stop === '' ? Buffer.from(plain).toString('base64') : `${Buffer.from(plain).toString('base64url')}.`;
}

const SECRETS = String.raw`
  # .env\nNODE_ENV=production\nPORT=8080\nDATABASE_URL=postgresql://api:«<a22>»@db.prod.internal:5432/api?schema=public\nLOG_LEVEL=info
  AWS_ACCESS_KEY_ID=«AKIA<i16>»\nAWS_SECRET_ACCESS_KEY=«<b40>»\nAWS_DEFAULT_REGION=eu-central-1
  export AWS_SESSION_TOKEN="«FwoGZXIvYXdzE<b280>==»"
  {"Credentials":{"AccessKeyId":"«ASIA<i16>»","SecretAccessKey":"«<b40>»","SessionToken":"«IQoJb3JpZ2luX2VjE<b320>==»","Expiration":"2026-11-20T18:02:11+00:00"}}
  [profile staging]\nregion = us-east-1\naws_access_key_id=«AKIA<i16>»\naws_secret_access_key=«<b40>»
  {"type":"service_account","project_id":"acme-prod","private_key_id":"<h40>","private_key":"«-----BEGIN PRIVATE KEY-----\\nMIIEvgIBADANBgkqhkiG9w0BAQEF<b64>\\n<b64>\\n<b64>\\n-----END PRIVATE KEY-----»\\n","client_email":"ci@acme-prod.iam.gserviceaccount.com"}
  provider "google" {\n  access_token = "«ya29.c.<w180>»"\n}
  az ad sp create-for-rbac output: { "appId": "<uuid>", "displayName": "ci", "password": "«<a3>8Q~<w31>»", "tenant": "<uuid>" }
  DefaultEndpointsProtocol=https;AccountName=acmeprod;AccountKey=«<b86>==»;EndpointSuffix=core.windows.net
  Upload to https://acmeprod.blob.core.windows.net/backups?sv=2023-11-03&ss=b&srt=sco&sp=rwdlac&se=2027-01-01T00:00:00Z&st=2026-01-01T00:00:00Z&spr=https&sig=«<a42>%3D»
  Endpoint=sb://acme-bus.servicebus.windows.net/;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=«<b43>=»
  AccountEndpoint=https://acme.documents.azure.com:443/;AccountKey=«<b86>==»;
  HostName=acme-hub.azure-devices.net;DeviceId=pump-17;SharedAccessKey=«<b43>=»
  {"azureOpenAiKey": "«<h32>»", "azureOpenAiEndpoint": "https://acme.openai.azure.com/"}
  apiVersion: v1\nkind: Secret\nmetadata:\n  name: pg\n  namespace: prod\ntype: Opaque\ndata:\n  username: cG9zdGdyZXM=\n  password: «{{<a18>}}»
  {"apiVersion":"v1","kind":"Secret","metadata":{"name":"regcred"},"type":"kubernetes.io/dockerconfigjson","data":{".dockerconfigjson":"«{{{"auths":{"ghcr.io":{"username":"bot","password":"ghp_<a36>"}}}}}»"}}
  apiVersion: v1\nkind: Secret\nmetadata:\n  name: smtp\nstringData:\n  SMTP_PASSWORD: «<a10>!<a4>»
  apiVersion: v1\nkind: Config\nusers:\n- name: gke\n  user:\n    client-certificate-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUM=\n    client-key-data: «{{-----BEGIN RSA PRIVATE KEY-----\n<b64>\n<b64>\n<b64>\n-----END RSA PRIVATE KEY-----\n}}»
  {"auths":{"https://index.docker.io/v1/":{"auth":"«{{acmeci:<a24>}}»","email":"ci@acme.io"}}}
  {"auths":{"ghcr.io":{"username":"acme-bot","password":"«ghp_<a36>»"}}}
  registry=https://npm.acme.example/\n//npm.acme.example/:_authToken=«npm_<a36>»\nalways-auth=true
  //pkgs.dev.azure.com/acme/_packaging/feed/npm/registry/:username=acme\n//pkgs.dev.azure.com/acme/_packaging/feed/npm/registry/:_password="«{{<l52>}}»"
  machine api.heroku.com\n  login ann@acme.io\n  password «HRKU-AA<w58>»
  machine nexus.acme.io login deploy password «<a32>»
  [remote "origin"]\n\turl = https://deploy:«<a28>»@git.acme.io/platform/api.git\n\tfetch = +refs/heads/*:refs/remotes/origin/*
  git push https://«ghp_<a36>»@github.com/acme/site.git main
  origin  https://gitlab-ci-token:«glcbt-64_<w20>»@gitlab.acme.io/group/proj.git (push)
  GITHUB_APP_PRIVATE_KEY="«-----BEGIN RSA PRIVATE KEY-----\n<b64>\n<b64>\n<b64>\n-----END RSA PRIVATE KEY-----»"
  «-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ<b28>\n<b70>\n<b70>\n-----END OPENSSH PRIVATE KEY-----»
  «-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\nlQOYBGV<b57>\n<b64>\n=<b4>\n-----END PGP PRIVATE KEY BLOCK-----»
  # created: 2026-03-01T10:11:12+01:00\n# public key: age1<l58>\n«AGE-SECRET-KEY-1<k58>»
  [Interface]\nAddress = 10.66.0.2/32\nPrivateKey = «<b42>E=»\n[Peer]\nPublicKey = <b42>U=\nPresharedKey = «<b42>I=»\nEndpoint = vpn.acme.io:51820
  ops:«\$apr1\$<a8>\$<a22>»\nann:«\$2y\$10\$<a53>»
  "outputs": { "db_password": { "value": "«<a20>»", "type": "string", "sensitive": true } }
  {"mode":"managed","type":"random_password","name":"db","instances":[{"attributes":{"length":24,"result":"«<a12>!#<a10>»","special":true}}]}
  resource "aws_db_instance" "main" {\n  engine   = "postgres"\n  username = "app"\n  password = "«<a16>9»"\n}
  variables:\n  DOCKER_HOST: tcp://docker:2375\n  SONAR_TOKEN: «sqp_<h40>»
  env:\n  CODECOV_TOKEN: «<uuid>»\n  CI: true
  + export CI_JOB_TOKEN=«<a20>7»\n+ ./gradlew publish
  $ history | tail -3\n  501  cd /srv\n  502  mysqldump -u backup -p«<a14>3» shop > shop.sql\n  503  ls -la
  $ psql "host=db.acme.io user=report password=«<a15>4» dbname=dwh sslmode=require"
  $ PGPASSWORD=«<a15>8» pg_dump -h db.acme.io -U app app
  sshpass -p «<a13>5» scp dump.sql ann@10.1.2.3:/tmp
  curl -sS -u admin:«<a17>6» https://es.acme.io:9200/_cat/indices
  curl https://api.acme.io/v1/orders -H 'x-api-key: «<a40>»'
  curl -X POST https://api.acme.io/token -d 'grant_type=password&username=ann&password=«<a11>7»'
  POST /v2/charges HTTP/1.1\r\nHost: api.pay.example\r\nAuthorization: Basic «{{sk_live_<a24>:}}»\r\nContent-Length: 91
  > GET /me HTTP/2\n> host: api.acme.io\n> authorization: Bearer «<w64>»\n> accept: */*
  Authorization: Digest username="ann", realm="acme", nonce="<h32>", uri="/", response="«<h32>»"
  Cookie: theme=dark; PHPSESSID=«<l26>»; lang=en
  Set-Cookie: __Host-session=«<w86>»; Path=/; Secure; HttpOnly; SameSite=Lax
  2026-11-20T09:14:03.221Z DEBUG http-client request headers={"authorization":"Bearer «eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6IjEifQ.{{{"sub":"ann","aud":"api","exp":1795000000}}}.<w342>»"}
  level=error msg="login failed" user=ann password=«<a9>%42» attempt=3
  [2026-11-20 09:14:03] production.ERROR: SQLSTATE[HY000] [1045] Access denied {"dsn":"mysql://shop:«<a16>»@10.0.3.4/shop"}
  Traceback: redis.exceptions.ConnectionError: Error connecting to rediss://default:«<a32>»@eu1-fit-cat-12345.upstash.io:6379
  connecting with amqp://worker:«<a18>»@rabbitmq.prod.svc:5672/%2Fprod
  MONGO_URI: "mongodb+srv://svc-report:«<a20>»@cluster0.ab1cd.mongodb.net/report?retryWrites=true&w=majority"
  Server=tcp:acme.database.windows.net,1433;Initial Catalog=crm;User ID=crm@acme;Password=«<a14>!8»;Encrypt=True;
  jdbc:postgresql://db.acme.io/app?user=app&password=«<a19>»&ssl=true
  jdbc:sqlserver://10.1.1.5:1433;databaseName=hr;user=sa;password=«<a12>#4»;
  Driver={ODBC Driver 18 for SQL Server};Server=db;Database=x;UID=sa;PWD=«<a14>2»;
  SNOWFLAKE_PASSWORD='«<a16>5»' SNOWFLAKE_USER=loader
  clickhouse-client --host ch.acme.io --user default --password «<a18>3»
  sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="<u16>" password="«<b64>»";
  GET https://maps.example.com/api?address=Berlin&key=«AIzaSy<w33>» 200 OK
  https://api.openweathermap.org/data/2.5/weather?q=Kyiv&appid=«<h32>»
  https://acme.io/reset?token=«<w43>»&user=ann
  https://acme.io/oauth/callback#access_token=«<w128>»&token_type=bearer&expires_in=3600
  https://hooks.slack.com/services/«T0<u9>/B0<u9>/<a24>»
  content: posted through https://discord.com/api/webhooks/«<d19>/<w68>»
  telegram: { botToken: "«<d10>:AA<w33>»", chatId: -100<d10> }
  https://acme.webhook.office.com/webhookb2/«<uuid>@<uuid>/IncomingWebhook/<h32>/<uuid>»
  SLACK_BOT_TOKEN=«xoxb-<d12>-<d13>-<a24>»\nSLACK_SIGNING_SECRET=«<h32>»
  DISCORD_TOKEN=«MTE<a23>.G<a5>.<w38>»
  TWILIO_ACCOUNT_SID=AC<h32>\nTWILIO_AUTH_TOKEN=«<h32>»
  stripe listen > Ready! Your webhook signing secret is «whsec_<h64>» (^C to quit)
  Stripe.api_key = "«sk_test_51<a97>»"
  PayPal: clientId=<w80>, clientSecret=«<w80>»
  SHOPIFY_ADMIN_TOKEN: «shpat_<h32>»
  "sendgrid": { "apiKey": "«SG.<w22>.<w43>»" }
  MAILGUN_API_KEY=«<h32>-<h8>-<h8>»
  POSTMARK_SERVER_TOKEN=«<uuid>»
  OPENAI_API_KEY='«sk-proj-<w58>T3BlbkFJ<w58>»'
  client = Anthropic(api_key="«sk-ant-api03-<w93>AA»")
  huggingface-cli login --token «hf_<a34>»
  "groq": "«gsk_<a52>»", "replicate": "«r8_<a37>»"
  pinecone.init(api_key="«<uuid>»", environment="us-west1-gcp")
  cohere_api_key: «<a40>»
  DD_API_KEY=«<h32>» DD_APP_KEY=«<h40>» DD_SITE=datadoghq.eu
  new_relic_license_key: «<h36>NRAL»
  grafana_api_key = "«glsa_<a32>_<h8>»"
  PAGERDUTY_TOKEN=«u+<a18>»
  opsgenie: Authorization: GenieKey «<uuid>»
  ROLLBAR_ACCESS_TOKEN=«<h32>»
  DIGITALOCEAN_TOKEN=«dop_v1_<h64>»
  HCLOUD_TOKEN=«<a64>»
  LINODE_CLI_TOKEN=«<h64>»
  CLOUDFLARE_API_KEY=«<h37>»\nCLOUDFLARE_EMAIL=ops@acme.io
  fastly service purge --token «<w32>» --all
  FLY_API_TOKEN="FlyV1 «fm2_<b300>==»"
  vercel deploy --prod --token=«<a24>»
  NETLIFY_AUTH_TOKEN=«nfp_<a36>»
  SUPABASE_SERVICE_ROLE_KEY=«eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.{{{"iss":"supabase","ref":"<l20>","role":"service_role"}}}.<w43>»
  credentials "app.terraform.io" {\n  token = "«<a14>.atlasv1.<a67>»"\n}
  vault kv get output:\n====== Data ======\nKey         Value\n---         -----\napi_key     «<a32>»\npassword    «<a15>6»
  DOPPLER_TOKEN=«dp.st.prd.<a43>»
  okta: SSWS «00<w40>»
  AUTH0_CLIENT_SECRET=«<w64>»
  ATLASSIAN_API_TOKEN: «ATATT3xFfGF0<w172>=<H8>»
  NOTION_KEY=«secret_<a43>»
  airtable: «pat<a14>.<h64>»
  LINEAR_API_KEY=«lin_api_<a40>»
  hubspot private app token «pat-eu1-<uuid>»
  SF_ACCESS_TOKEN=«00D<a15>!AQ<a90>»
  algolia: { appId: "<u10>", adminApiKey: "«<h32>»" }
  LAUNCHDARKLY_SDK_KEY=«sdk-<uuid>»
  DROPBOX_TOKEN=«sl.B<w136>»
  figma: X-Figma-Token: «figd_<w40>»
  twine upload -u __token__ -p «pypi-AgEIcHlwaS5vcmc<w150>» dist/*
  dotnet nuget push pkg.nupkg --api-key «oy2<l43>» --source https://api.nuget.org/v3/index.json
  :rubygems_api_key: «rubygems_<h48>»
  docker login -u acme -p «dckr_pat_<w27>»
  user,password,role\nann,«<a14>8»,admin
  id;service;api_key\n17;billing;«<a32>»\n18;mail;none
  | Service | Username | Password |\n|---|---|---|\n| Jenkins | admin | «<a12>!3» |
  Hey, the prod db password is «<a13>!2», please don't share it
  Hi team, I rotated the key. New API key: «<a36>». Old one stops working on Friday.
  ann: can you send me the token?\nbob: sure, it's «ghp_<a36>»
  Der neue Zugang: Benutzer: svc-report, Passwort: «<a11>!9»
  La contraseña es «<a10>#31» y el usuario es reportes
  Mot de passe : «<a12>?4»
  Login: admin / «<a12>!7»
  const client = new S3Client({ credentials: { accessKeyId: '«AKIA<i16>»', secretAccessKey: '«<b40>»' } });
  private static final String PASSWORD = "«<a14>!1»";
  conn = psycopg2.connect(host="db", user="app", password="«<a17>4»")
  \$mail->Password = '«<a15>9»';
  spring:\n  datasource:\n    url: jdbc:mysql://db/app\n    username: app\n    password: "«<a14>5»"
  <connectionStrings><add name="Main" connectionString="Server=db;Database=app;User Id=app;Password=«<a15>7»;" /></connectionStrings>
  <server><id>nexus</id><username>deploy</username><password>«<a18>1»</password></server>
  Rails credentials: secret_key_base: «<h128>»
  SECRET_KEY = '«django-insecure-<a40>#\$<a6>»'
  APP_KEY=base64:«<b43>=»
  jwt: { secret: "«<w48>»", expiresIn: "1h" }
  ENCRYPTION_KEY=«<h64>»
  otpauth://totp/Acme:ann@acme.io?secret=«<i32>»&issuer=Acme
  SSID: acme-guest\nWPA2 key: «<a9>-<a4>»
  network={\n  ssid="acme"\n  psk="«<a13>8»"\n}
  crypto isakmp key «<a16>» address 203.0.113.9
  ldap bind_dn: cn=svc,dc=acme,dc=io bind_password: «<a14>!6»
  smtp_sasl_password_maps: [smtp.acme.io]:587 mailer@acme.io:«<a16>5»
  ansible_ssh_pass=«<a13>7» ansible_user=root
  "Authorization": "Bearer «<a40>»"
  {"headers":[{"key":"Authorization","value":"Token «<h40>»"}]}
  the file decodes to «{{username=ann\npassword=<a16>9\nhost=db.acme.io}}» so be careful
  {"env":[{"name":"STRIPE_KEY","value":"«sk_live_<a24>»"},{"name":"PORT","value":"80"}]}
  env | grep -i key\nGOOGLE_MAPS_KEY=«AIzaSy<w33>»\nSHODAN_KEY=«<a32>»
  {"provider":"mistral","mistralApiKey":"«<a32>»"}
  virustotal_key: «<h64>»
  NAME             VALUE\nDB_HOST          db.internal\nDB_PASSWORD      «<a16>7»\nPORT             5432
  id\temail\tapi_token\n1\tann@acme.io\t«<a40>»\n2\tbob@acme.io\t«<a40>»
   user  |  password\n-------+------------------\n ann   | «<a14>8»\n bob   | «<a14>3»\n(2 rows)
  "host","port","secret_key"\n"a.acme.io","443","«<a32>»"
  Пароль: «<a10>!7»
  пароль от почты — «<a12>9»
  密码：«<a11>#2»
  Hasło: «<a9>?61»
  Ihr Passwort lautet: «<a11>!5»
  [aws]\nkey = AKIA<i16>\nsecret = «<b40>»
  enable secret 5 «\$1\$<a4>\$<a22>»\nusername ops password 7 «<H16>»
  tacacs-server key 7 «<H20>»
  neighbor 10.0.0.1 password 7 «<H18>»
  pre_shared_key: «<a24>»
  https://user%40acme.io:«<a14>4»@sftp.acme.io/out
  git clone https://x-token-auth:«<w32>»@bitbucket.org/acme/site.git
  export JFROG_APIKEY=«AKCp8<a68>»
  the jenkins token is «11<h32>»
  helm: --set-string redis.auth.password=«<a15>2»
  {"smtp":{"user":"mailer","pass":"«<a12>7»"}}
  "password" : "«x<a6>[<a5>}9»"
  admin_password = "«<a5>\$<u2><a6>%x<a3>4»"
  gz: «H4sIAAAAAAAA<b60>»
  Bearer token expired: Bearer «<a40>5»
  sql> ALTER USER shop IDENTIFIED BY «"<a14>4"»
  {"db":{"password":{"value":"«<a18>»","source":"generated"}}}
  SECRET=«<a24>»; export SECRET
  authToken: '«<h40>'»
  curl --header 'Authorization: Token «<h40>»' https://netbox.acme.io/api/
  PGPASSFILE line: db.acme.io:5432:app:app:«<a16>5»
  <Password>«<a14>!»</Password><Username>sa</Username>
  config.set("smtp.password", "«<a14>2»");
  ssh_pass: «<a15>6»
  Zoom: clientSecret «<a32>»
  webhook: https://hooks.zapier.example/hooks/catch/<d7>/«<l7>»/
  SLACK_WEBHOOK=https://hooks.slack.com/services/«T<u9>/B<u9>/<a24>»
  bot_token = «<d10>:AA<w33>»
`;

const CLEAN = String.raw`
  commit <h40>\nAuthor: Ann <ann@acme.io>\nDate:   Fri Nov 20 10:11:12 2026 +0100\n\n    Rotate keys in staging
  <h7> (HEAD -> main) Add token refresh\n<h7> Remove password field\n<h7> Fix key lookup
  index <h7>..<h7> 100644\n--- a/src/auth/token.ts\n+++ b/src/auth/token.ts
  {"id":"<uuid>","parentId":"<uuid>","key":"menu.settings.password","createdAt":"2026-11-20T10:11:12Z"}
  sha256:<h64>  ubuntu:24.04
  <h64>  countersign-1.4.0.tar.gz
  MD5 (key.pub) = <h32>
  <script src="https://cdn.example/app.js" integrity="sha384-<b64>" crossorigin="anonymous"></script>
  "node_modules/zod": { "version": "4.1.0", "resolved": "https://npm.acme.example/zod/-/zod-4.1.0.tgz", "integrity": "sha512-<b86>==" }
  "tokenizers@npm:^1.2.0":\n  version: 1.2.3\n  resolution: "tokenizers@npm:1.2.3"\n  checksum: 10c0/<h128>
  [[package]]\nname = "secrecy"\nversion = "0.8.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "<h64>"
  golang.org/x/crypto v0.31.0 h1:<b43>=\ngolang.org/x/crypto v0.31.0/go.mod h1:<b43>=
  cryptography==44.0.0 --hash=sha256:<h64> --hash=sha256:<h64>
  ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ<b250> ann@laptop
  ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI<b43> deploy key for the api
  256 SHA256:<b43> ann@laptop (ED25519)
  -----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA<b16>\n<b64>\n<b64>\n-----END PUBLIC KEY-----
  -----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIE<b44>\n<b64>\n<b64>\n<b40>==\n-----END CERTIFICATE-----
  -----BEGIN PGP SIGNATURE-----\n\niQIzBAABCAAdFiEE<b48>\n<b64>\n=<b4>\n-----END PGP SIGNATURE-----
  "keys":[{"kty":"RSA","use":"sig","kid":"<w27>","alg":"RS256","n":"<w342>","e":"AQAB"}]
  SHA1 Fingerprint=A1:B2:C3:D4:E5:F6:07:18:29:3A:4B:5C:6D:7E:8F:90:A1:B2:C3:D4
  key fingerprint = <H4> <H4> <H4> <H4> <H4>  <H4> <H4> <H4> <H4> <H4>
  <img src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUA<b300>" alt="key icon">
  src: url(data:font/woff2;base64,d09GMgABAAAAA<b300>) format("woff2");
  url("data:image/svg+xml;base64,{{<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24"><path d="M12 2a5 5 0 0 1 5 5v3h1"/></svg>}}")
  traceparent: 00-<h32>-<h16>-01\ntracestate: acme=<h16>
  X-Request-Id: <uuid>\nX-Amzn-Trace-Id: Root=1-<h8>-<h24>\nETag: W/"<h32>"
  x-amz-id-2: <b76>=\nx-amz-request-id: <u16>
  cf-ray: <h16>-FRA\nx-cache: HIT\nage: 3600
  trace_id=<h32> span_id=<h16> msg="token refreshed" user_id=4711
  Content-Security-Policy: script-src 'self' 'nonce-<b22>==' 'sha256-<b43>='
  !function(e,t){"object"==typeof exports?module.exports=t():e.key=t()}(this,function(){var e={a:function(e){return e.token||e.pwd},b:12,c:"x9"};return e});
  .css-1x9k2m3{color:red}.jss42>.MuiButton-root-17{margin:0}.sc-bdVaJa.kFzPqW{display:flex}
  <div class="_3kfY2 token__a8Xk2 password-field__input--9xPq1"></div>
  /assets/index-<a8>.js /assets/vendor-<a8>.css /static/media/key.<h20>.svg
  https://medium.com/@ann/how-we-store-passwords-safely-<h12>
  https://www.nytimes.example/2026/11/20/technology/secret-token-economy-key-facts-2026.html
  https://acme.slack.com/archives/C0<u9>/p<d16>
  https://console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/\$252Faws\$252Flambda\$252Ftoken-api
  https://www.youtube.com/watch?v=<w11>&list=PL<w32>
  https://docs.google.com/forms/d/e/1FAIpQLS<w48>/viewform
  ISBN 978-0-13-235088-4; ISSN 2049-3630; EAN 4006381333931; IMEI 490154203237518
  License: SPDX-License-Identifier: Apache-2.0; key: GPL-3.0-or-later; see LICENSE.txt for keys
  Enter your license key in the form XXXXX-XXXXX-XXXXX-XXXXX-XXXXX to activate the product.
  Set AWS_ACCESS_KEY_ID to AKIAIOSFODNN7EXAMPLE and AWS_SECRET_ACCESS_KEY to wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
  export API_KEY=<your-api-key>  # see https://acme.io/docs/api-keys
  password: ********\napi_key: [hidden]\ntoken: (redacted)\nsecret: null
  DB_PASSWORD=\${DB_PASSWORD:?not set}\nAPI_KEY=\$(vault kv get -field=key secret/api)
  password = var.db_password\ntoken    = data.vault_generic_secret.api.data["token"]
  apiKey: process.env.OPENAI_API_KEY ?? config.get('openai.apiKey'),
  const { accessToken, refreshToken } = await oauth2Client.getToken(code2);
  if (password.length < 12 || !/[0-9]/.test(password)) throw new Error('password too short: 12 characters at least');
  public async validateToken(token: string, key2: CryptoKey): Promise<JwtPayload2> {
  "password": { "type": "string", "minLength": 8, "pattern": "^[A-Za-z0-9]{8,}\$" }
  | Column | Type | Notes |\n|---|---|---|\n| api_key_hash | varchar(64) | sha256 of the key |\n| token_v2 | uuid | see RFC 9562 |
  Step 4/12 : ARG TOKEN_FILE=/run/secrets/token_v2\n ---> Using cache\n ---> <h12>
  pod/token-service-<h10>-<l5>   1/1   Running   0   3d\nsecret/api-token-<l5>   kubernetes.io/service-account-token   3   41d
  arn:aws:secretsmanager:eu-central-1:<d12>:secret:prod/api/key-<a6>\narn:aws:kms:eu-central-1:<d12>:key/<uuid>
  projects/acme/secrets/db-password/versions/12
  Message-ID: <<a24>@mail.acme.io>\nReferences: <<d10>.<d5>@acme.io>
  Tracking number: 1Z<u16>, order <d3>-<d7>-<d7>, invoice INV-2026-00<d4>
  0x<h40> approved 12.5 USDC to 0x<h40>, tx 0x<h64>
  bitcoin:bc1q<l38>?amount=0.01
  build <d8>.<d2> finished: cache key node-modules-v3-Linux-<h64>
  Cache restored from key: Linux-node-24-<h64>
  spec: { "selector": { "pod-template-hash": "<h10>" }, "resourceVersion": "<d9>", "uid": "<uuid>" }
  {"_id":{"\$oid":"<h24>"},"key":"customer:4711","token_count":1523}
  cursor: "{{{"id":48213,"dir":"next","ts":1795000000}}}", has_more: true
  "nextPageToken":"<w64>", "kind":"drive#fileList"
  "etag":"\"<w27>\"","kind":"youtube#searchListResponse"
  sessions: 12 active, token bucket: 100/s, key rate: 4.2%, auth latency p99: 210ms
  The secret of a good password: use 4 random words, 20 characters or more, and never reuse it.
  Monkey patching keynote2026; passkeys: WebAuthn L3; tokenization of bonds: phase 2b
  GENESIS 1:1 hash 000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f
  uploaded s3://acme-artifacts/builds/<h40>/app-2.14.0+build.<d5>.zip (etag <h32>-12)
  Sentry event <h32> (issue ACME-4F2) release api@2026.11.20+<h7>
  DSN: https://<h32>@o<d6>.ingest.sentry.io/<d7>
  gtag('config', 'G-<u10>'); analytics id UA-<d8>-1; pixel <d15>
  pk_live_<a24> is the publishable key, safe to ship in the page
  npm warn deprecated token-providers@1.1.2: use @acme/token-providers@3 instead
  CVE-2026-12345 (CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N) in password-hash 2.0.1
  | Metric | Key | Value |\n|---|---|---|\n| p99 | lat_p99_ms | 210 |\n| hits | cache_hit_v2 | 98% |
  Key             Value\nregion          eu-west-1\ninstance_type   m5.2xlarge\nami             ami-<h17>
  token,count,share\nthe,4711,12.1\nGPT4o,12,0.1\nw3c,8,0.05
  name;key;type\nuser id;user_id_2;int\nmail;mail_addr1;text
  Session           Speaker\nK8s101           Ann\nZero-trust2026     Bob
  пароль должен содержать не менее 12 символов и 1 цифру
  Пароль: не менее 12 символов
  密码：至少12位，包含数字
  La contraseña es obligatoria desde 2024-05-01
  Hasło: minimum 8 znaków
  Das Passwort wurde am 2026-11-20 geändert
  Mot de passe : 12 caractères minimum
  enable password policy 8 characters
  press key 7 repeatedly2times; secret 5 ingredients; password 8 chars
  azure_key: alias/prod-v2-key
  mapsKey = keys["maps_v2"]
  stripePublicKey: "pk_test_<a24>"
  segmentKey(row1, "region2")
  key: Ctrl+Shift+F12, hotkey: Alt-F4, keyCode: 13, keyframe: 0px100pct
  {"group_key":"{alertname=\"HighLatency42\"}","fingerprint":"<h16>"}
  {"Key":"reports/2026/11/q3-final-v2.pdf","ETag":"\"<h32>\"","Size":4711}
  sort_key=created_at2 partition_key=tenant7 cache_key=user:4711:v3
  {"passes":3,"passed":true,"bypass_ratio":"0.12a","compass":"N42E7W"}
  author: Ann42, authority: ca-7.acme.io:8443, authored_at2: now
  X-Auth-Request-User: ann42, X-Auth-Request-Email: ann@acme.io
  Cookie policy v2.1: see cookies2026.html; session length 30m0s
  {"token_endpoint":"https://id.acme.io/oauth2/v2.0/token","jwks_uri":"https://id.acme.io/keys2"}
  jwt header: {"alg":"RS256","typ":"JWT","kid":"key-2026-11"}
  "accessTokenAcceptedVersion": 2, "tokenType": "Bearer2"
  docker run -e PASSWORD_FILE=/run/secrets/pw1 -e TOKEN_TTL=3600s
  key-value store etcd3, keycloak24, passport0.7, tokenizer2, secretd1.2
  map[key1:value1 key2:value2 secretRef:db-creds-v2]
`;
