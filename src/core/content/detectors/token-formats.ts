/** A published format of tokens that can be told by how it begins. */
export interface TokenFormat {
  readonly name: string;
  /** What a token begins with, as literal text of at least two characters. */
  readonly prefixes: readonly string[];
  /** The rest of the token, as the source of a regular expression whose repetitions are all bounded or of one class. */
  readonly rest: string;
  /**
   * When a token of this form only stands for one. By default where it reads like a placeholder; `plainly` where it says so or is a run
   * of one character, for formats so short that real ones may look made up; `never` where the form is proof enough.
   */
  readonly made: 'plainly' | 'never' | null;
}

/** The first two characters of the number of a bot in base64. */
const DISCORD_BEGINNINGS = Array.from('MNO', (first) =>
  Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', (second) => first + second).join(' '),
).join(' ');

/**
 * Formats as their issuers publish them, or as their tokens show. Where a length is fixed it is written exactly: that is what keeps a
 * file name or a slug with the same first letters from being one.
 */
export const TOKEN_FORMATS: readonly TokenFormat[] = [
  // Clouds
  format('aws-access-key', 'AKIA ASIA ABIA ACCA', '[A-Z0-9]{16}', 'plainly'),
  format('aws-access-key', 'A3T', '[A-Z0-9]{17}', 'plainly'),
  format('aws-bedrock-key', 'ABSK', '[A-Za-z0-9+/]{109,269}={0,2}', 'never'),
  format('aws-bedrock-key', 'bedrock-api-key-', '[A-Za-z0-9+/]{24,4096}={0,2}'),
  format('aws-mws-key', 'amzn.mws.', '[0-9a-f-]{36}'),
  format('google-api-key', 'AIza', '[\\w-]{35}'),
  format('google-oauth', 'GOCSPX-', '[\\w-]{28}'),
  format('google-oauth', 'ya29.', '[\\w-]{20,2048}'),
  format('google-oauth', '1//0', '[\\w-]{40,200}'),
  format('firebase-key', 'AAAA', '[\\w-]{7}:APA91b[\\w-]{100,200}'),
  format('alibaba-key', 'LTAI', '[A-Za-z0-9]{12,24}'),
  format('tencent-key', 'AKID', '[A-Za-z0-9]{32}'),
  format('yandex-token', 't1.', '[A-Za-z0-9_-]{4,64}={0,2}\\.[A-Za-z0-9_-]{86}={0,2}'),
  format('yandex-key', 'AQVN', '[A-Za-z0-9_-]{35,38}'),
  format('yandex-key', 'YC', '(?=[\\w-]{0,37}[0-9])(?=[\\w-]{0,37}[a-z])[A-Za-z0-9_-]{38}'),
  format('scaleway-key', 'SCW', '(?=[A-Z]{0,16}[0-9])[A-Z0-9]{17}'),
  format('cockroach-key', 'CCDB1_', '\\w{22}_\\w{40}'),
  format('aiven-password', 'AVNS_', '[\\w-]{18,40}'),
  format('mongodb-atlas-key', 'mdb_sa_sk_', '[\\w-]{30,60}'),
  format('dropbox-token', 'sl.', '(?:u\\.)?[\\w=-]{130,1400}'),
  format('salesforce-token', '00D', '[A-Za-z0-9]{12,15}![A-Za-z0-9._]{80,120}'),
  format('digitalocean-token', 'dop_v1_ doo_v1_ dor_v1_', '[0-9a-f]{64}'),
  format('heroku-token', 'HRKU-', '[\\w-]{36,72}'),
  format('fly-token', 'fo1_', '[\\w-]{43}'),
  format('fly-token', 'fm1r_ fm1a_ fm2_', '[A-Za-z0-9+/]{100,2048}={0,3}'),
  format('deno-token', 'ddp_ ddo_', '[A-Za-z0-9]{36}'),
  format('render-key', 'rnd_', '[A-Za-z0-9]{28,40}'),
  format('vercel-token', 'vcp_ vci_ vca_ vcr_ vck_', '[A-Za-z0-9]{24,64}'),
  format('netlify-token', 'nfp_ nfc_ nfo_ nfu_', '[A-Za-z0-9]{36}'),
  format('supabase-key', 'sbp_', '[0-9a-f]{40}'),
  format('supabase-key', 'sb_secret_', '[\\w-]{31}'),
  format('planetscale-token', 'pscale_tkn_ pscale_pw_ pscale_oauth_', '[\\w=.-]{32,64}'),
  format('neon-key', 'napi_', '[a-z0-9]{64}'),
  format('databricks-token', 'dapi', '[0-9a-f]{32}(?:-[0-9])?'),
  format('clickhouse-key', '4b1d', '[A-Za-z0-9]{38}'),
  format('cloudflare-origin-key', 'v1.0-', '[0-9a-f]{24}-[0-9a-f]{146}'),
  format('openshift-token', 'sha256~', '[\\w-]{43,64}'),
  format('scalingo-token', 'tk-us-', '[\\w-]{48}'),
  format('tailscale-key', 'tskey-', '(?:[a-z]{2,10}-)?[A-Za-z0-9]{8,24}-[A-Za-z0-9]{20,48}'),

  // Code, packages, builds
  format('github-token', 'ghp_ gho_ ghu_ ghs_ ghr_', '[A-Za-z0-9]{36,251}'),
  format('github-token', 'github_pat_', '\\w{36,251}'),
  format('gitlab-token', 'glpat-', '[0-9A-Za-z_-]{27,300}\\.[0-9a-z]{9}'),
  format('gitlab-token', 'glpat- gldt- glft- glsoat- glrt- glrtr-', '[A-Za-z0-9_-]{20,50}'),
  format('gitlab-token', 'glrt-', 't[0-9]_[\\w-]{27,300}\\.[0-9a-z]{9}'),
  format('gitlab-token', 'glcbt-', '(?:[0-9A-Za-z]{1,5}_)?[A-Za-z0-9_-]{20}'),
  format('gitlab-token', 'GR1348941', '[A-Za-z0-9_-]{20,50}'),
  format('gitlab-token', 'glimt-', '[A-Za-z0-9_-]{25}'),
  format('gitlab-token', 'glptt-', '[A-Za-z0-9_-]{40}'),
  format('gitlab-token', 'glagent-', '[A-Za-z0-9_-]{50,1024}'),
  format('gitlab-token', 'gloas-', '[A-Za-z0-9_-]{64}'),
  format('gitlab-token', 'glffct-', '[A-Za-z0-9_-]{20}'),
  format('bitbucket-token', 'ATBB ATCTT3', '[A-Za-z0-9_=-]{24,250}'),
  format('atlassian-token', 'ATATT3 ATSTT3', '[A-Za-z0-9_=-]{60,250}'),
  format('npm-token', 'npm_', '[A-Za-z0-9]{36}'),
  format('crates-token', 'cio', '(?=[A-Za-z]{0,31}[0-9])[A-Za-z0-9]{32}'),
  format('pypi-token', 'pypi-AgE', '[\\w-]{85,1000}'),
  format('rubygems-token', 'rubygems_', '[0-9a-f]{48}'),
  format('nuget-key', 'oy2', '[a-z0-9]{43}'),
  format('clojars-token', 'CLOJARS_', '[A-Za-z0-9]{60}'),
  format('docker-token', 'dckr_pat_ dckr_oat_', '[\\w-]{27,64}'),
  format('jfrog-token', 'AKC', '[A-Za-z0-9]{10,128}', 'plainly'),
  format(
    'jfrog-token',
    'AP0 AP1 AP2 AP3 AP4 AP5 AP6 AP7 AP8 AP9 APA APB APC APD APE APF',
    '(?=[A-Z0-9]{0,20}[a-z])[A-Za-z0-9]{10,128}',
    'plainly',
  ),
  format('jfrog-token', 'cmVmdGtu', '[A-Za-z0-9]{56}'),
  format('sourcegraph-token', 'sgp_', '(?:local_|[0-9A-Fa-f]{16}_)?[0-9A-Fa-f]{40}'),
  format('circleci-token', 'CCIPAT_ CCIPRJ_', '[A-Za-z0-9]{22}_[0-9a-f]{40}'),
  format('buildkite-token', 'bkua_ bkct_ bkaj_', '[0-9a-f]{40}'),
  format('sonar-token', 'sqp_ squ_ sqa_', '[0-9a-f]{40}'),
  format('snyk-token', 'snyk_uat. snyk_sat.', '[\\w.-]{20,200}'),
  format('pulumi-token', 'pul-', '[0-9a-f]{40}'),
  // Not the file ending `.ico-`, as it stands before a digest in cached pages.
  format('infracost-token', 'ico-', '(?<![.]ico-)[A-Za-z0-9]{32}'),
  format('octopus-key', 'API-', '(?=[A-Z]{0,25}[0-9])[A-Z0-9]{26}'),
  format('harness-token', 'pat. sat.', '[\\w-]{22}\\.[0-9a-f]{24}\\.[A-Za-z0-9]{20}'),
  format('prefect-key', 'pnu_ pnb_', '[A-Za-z0-9]{36}'),

  // Secrets and identity
  format('okta-token', '00', '(?<=\\bSSWS 00)[\\w-]{40}'),
  format('vault-token', 'hvs. hvr.', '[\\w-]{24,300}'),
  format('vault-token', 'hvb.', '[\\w-]{90,400}'),
  format('1password-key', 'A3-', '[A-Z0-9]{6}-[A-Z0-9]{6,11}-(?:[A-Z0-9]{5}-){2,3}[A-Z0-9]{5}'),
  format('1password-token', 'ops_eyJ', '[A-Za-z0-9+/]{200,4096}={0,3}'),
  format('age-key', 'AGE-SECRET-KEY-1 AGE-SECRET-KEY-PQ-1', '[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}', 'never'),
  format(
    'doppler-token',
    'dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.',
    '(?:[a-z0-9_-]{2,35}\\.)?[A-Za-z0-9]{40,44}',
  ),
  format('adobe-secret', 'p8e-', '[A-Za-z0-9]{32}'),
  format(
    'authress-key',
    'sc_ ext_ scauth_ authress_',
    '[a-z0-9]{5,30}\\.[a-z0-9]{4,6}\\.acc[_-][a-z0-9-]{10,32}\\.[A-Za-z0-9+/_=-]{30,120}',
  ),
  format('defined-networking-token', 'dnkey-', '[\\w=-]{26}-[\\w=-]{52}'),

  format('password-hash', '$1$ $apr1$', '[./A-Za-z0-9]{1,8}[$][./A-Za-z0-9]{22}', 'never'),
  format('password-hash', '$5$', '(?:rounds=[0-9]{1,9}[$])?[./A-Za-z0-9]{1,16}[$][./A-Za-z0-9]{43}', 'never'),
  format('password-hash', '$6$', '(?:rounds=[0-9]{1,9}[$])?[./A-Za-z0-9]{1,16}[$][./A-Za-z0-9]{86}', 'never'),
  format('password-hash', '$2a$ $2b$ $2y$', '[0-9]{2}[$][./A-Za-z0-9]{53}', 'never'),
  format('password-hash', '$8$ $9$', '[./A-Za-z0-9]{14}[$][./A-Za-z0-9]{43}', 'never'),
  format('password-hash', '$y$', '[./A-Za-z0-9]{1,8}[$][./A-Za-z0-9]{1,86}[$][./A-Za-z0-9]{43}', 'never'),
  format(
    'password-hash',
    '$argon2id$ $argon2i$ $argon2d$',
    '(?:v=[0-9]{1,3}[$])?m=[0-9]{1,9},t=[0-9]{1,6},p=[0-9]{1,3}[$][A-Za-z0-9+/]{11,64}[$][A-Za-z0-9+/]{16,128}',
    'never',
  ),

  // Models
  format('openai-key', 'sk-', '(?:(?:proj|svcacct|admin|None)-)?[\\w-]{16,100}T3BlbkFJ[\\w-]{16,100}'),
  format('openai-key', 'sk-proj- sk-svcacct- sk-admin-', '[\\w-]{74,200}'),
  format('anthropic-key', 'sk-ant-', '[\\w-]{24,200}'),
  format('openrouter-key', 'sk-or-v1-', '[0-9a-f]{64}'),
  format('model-api-key', 'sk-', '(?=[A-Za-z]{0,40}[0-9])[A-Za-z0-9]{32,64}'),
  format('huggingface-token', 'hf_ api_org_', '[A-Za-z0-9]{34,40}'),
  format('groq-key', 'gsk_', '[A-Za-z0-9]{52}'),
  format('xai-key', 'xai-', '[A-Za-z0-9]{70,90}'),
  format('fireworks-key', 'fw_', '(?=[A-Za-z]{0,23}[0-9])[A-Za-z0-9]{24}'),
  format('tavily-key', 'tvly-', '(?:dev-|prod-)?[A-Za-z0-9]{32}'),
  format('pinecone-key', 'pcsk_', '\\w{60,80}'),
  format('together-key', 'tgp_v1_', '[\\w-]{43}'),
  format('langfuse-key', 'sk-lf-', '[0-9a-f-]{36}'),
  format('cerebras-key', 'csk-', '[a-z0-9]{48}'),
  format('jina-key', 'jina_', '[\\w-]{60}'),
  format('firecrawl-key', 'fc-', '[0-9a-f]{32}'),
  format('e2b-key', 'e2b_', '[0-9a-f]{40}'),
  format('apify-token', 'apify_api_', '[A-Za-z0-9]{36}'),
  format('wandb-key', 'wandb_v1_', '[\\w-]{40,90}'),
  format('perplexity-key', 'pplx-', '[A-Za-z0-9]{48}'),
  format('replicate-token', 'r8_', '[A-Za-z0-9]{37}'),
  format('nvidia-key', 'nvapi-', '[\\w-]{60,70}'),
  format('langsmith-key', 'lsv2_pt_ lsv2_sk_', '[0-9a-f]{32}_[0-9a-f]{10}'),
  format('elevenlabs-key', 'sk_', '[0-9a-f]{48}'),

  // Messages and mail
  format(
    'slack-token',
    'xoxb- xoxp- xoxa- xoxr- xoxs- xoxo- xoxc- xoxd- xoxe-',
    '(?:[0-9]-)?[0-9]{6,14}(?:-[0-9]{6,14}){0,3}-(?=[0-9]{0,40}[A-Za-z])[A-Za-z0-9]{8,128}',
  ),
  format('slack-token', 'xoxe.xoxp- xoxe.xoxb- xoxe-', '[0-9]-(?=[A-Za-z]{0,80}[0-9])[A-Za-z0-9]{100,250}'),
  format('slack-token', 'xapp-', '[0-9]-[A-Z0-9]{8,14}-[0-9]{8,16}-[A-Za-z0-9]{32,128}'),
  format(
    'slack-webhook',
    'hooks.slack.com/services/ hooks.slack.com/workflows/ hooks.slack.com/triggers/',
    '[\\w+/]{43,90}',
  ),
  format('discord-token', DISCORD_BEGINNINGS, '[A-Za-z0-9_-]{22,26}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,38}'),
  format('discord-webhook', 'discord.com/api/webhooks/ discordapp.com/api/webhooks/', '[0-9]{15,21}/[\\w-]{60,80}'),
  format('sendgrid-key', 'SG.', '[\\w-]{16,32}\\.[\\w-]{38,64}'),
  format('sendgrid-key', 'SG.', '(?=[A-Za-z._=-]{0,65}[0-9])[A-Za-z0-9]{1,40}[\\w=-]{25,64}'),
  format('mailgun-key', 'key- pubkey-', '[0-9a-f]{32}'),
  format('inngest-key', 'signkey-prod- signkey-test- signkey-branch-', '[0-9a-f]{64}'),
  format('brevo-key', 'xkeysib- xsmtpsib-', '[0-9a-f]{64}-[A-Za-z0-9]{16}'),
  format('resend-key', 're_', '(?=\\w{0,32}[0-9])[A-Za-z0-9]{8}_[A-Za-z0-9]{20,28}'),
  format('mailersend-token', 'mlsn.', '[0-9a-f]{64}'),
  format('telnyx-key', 'KEY', '[0-9A-F]{32}_\\w{22}'),
  format('twitter-bearer', 'AAAAAAAAAAAAAAAAAAAA', '[A-Za-z0-9]{1,24}(?:%[0-9A-F]{2}|[A-Za-z0-9]){50,140}'),
  format('twilio-key', 'SK', '[0-9a-f]{32}'),

  // Money and shops
  format('stripe-key', 'sk_test_ sk_live_ sk_prod_ rk_test_ rk_live_ rk_prod_', '[A-Za-z0-9]{10,247}'),
  format('stripe-webhook-secret', 'whsec_', '[A-Za-z0-9+/]{24,64}={0,2}'),
  format('square-token', 'sq0atp- sq0csp- sq0idp-', '[\\w-]{22,43}'),
  format('square-token', 'EAAA', '[\\w-]{60}'),
  format('facebook-token', 'EAA', '(?=[A-Za-z]{0,60}[0-9])[A-Za-z0-9]{80,400}'),
  format('facebook-token', 'IGQ', '[\\w-]{100,300}'),
  format('paypal-token', 'access_token$production$ access_token$sandbox$', '[a-z0-9]{16}[$][0-9a-f]{32}', 'plainly'),
  format('woocommerce-key', 'ck_ cs_', '[0-9a-f]{40}'),
  format('paddle-key', 'pdl_live_apikey_ pdl_sdbx_apikey_', '\\w{40,70}'),
  format('adyen-key', 'AQE', '[A-Za-z0-9+/]{60,120}={0,2}-[A-Za-z0-9+/]{40,60}={0,2}(?:-[\\w+/=<>{}()!,.;:-]{8,40})?'),
  format('shopify-token', 'shpss_ shpat_ shpca_ shppa_', '[0-9a-fA-F]{32}'),
  format('duffel-token', 'duffel_test_ duffel_live_', '[\\w=-]{43}'),
  format('easypost-key', 'EZAK EZTK', '[A-Za-z0-9]{54}'),
  format('lob-key', 'test_pub_ live_pub_', '[0-9a-f]{31}'),
  format('lob-key', 'test_ live_', '[0-9a-f]{35}'),
  format('gocardless-token', 'live_ sandbox_', '(?=[A-Za-z_-]{0,39}[0-9])[\\w=-]{40}'),
  format('flutterwave-key', 'FLWSECK_TEST- FLWSECK- FLWPUBK_TEST- FLWPUBK-', '[0-9a-z]{12,40}(?:-X)?'),
  format('razorpay-key', 'rzp_live_ rzp_test_', '[A-Za-z0-9]{14}'),
  format('shippo-token', 'shippo_live_ shippo_test_', '[0-9a-f]{40}'),
  format('plaid-token', 'access-sandbox- access-development- access-production-', '[0-9a-f-]{36}'),

  // Work
  format('linear-key', 'lin_api_ lin_oauth_ lin_wh_', '[A-Za-z0-9]{40,64}'),
  format('clickup-token', 'pk_', '[0-9]{6,9}_[A-Z0-9]{32}'),
  format('asana-token', '1/ 2/', '[0-9]{13,17}(?:/[0-9]{13,17})?:[0-9a-f]{32}'),
  format('intra42-token', 's-s4t2ud- s-s4t2af-', '[0-9a-f]{64}'),
  format('launchdarkly-key', 'sdk- api-', '[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}'),
  format('statsig-key', 'secret-', '(?=[A-Za-z]{0,42}[0-9])[A-Za-z0-9]{43}'),
  format('stytch-secret', 'secret-live- secret-test-', '[\\w-]{34,40}={0,2}'),
  format('notion-token', 'secret_', '[A-Za-z0-9]{43}'),
  format('notion-token', 'ntn_', '[0-9]{10,12}[A-Za-z0-9]{32,40}'),
  format('airtable-token', 'pat', '[A-Za-z0-9]{14}\\.[0-9a-f]{64}'),
  format('figma-token', 'figd_ figo_ figu_ figor_ figoh_', '[\\w-]{38,64}'),
  format('postman-key', 'PMAK-', '[0-9a-f]{24}-[0-9a-f]{34}'),
  format('hubspot-token', 'pat-na1- pat-na2- pat-na3- pat-eu1- pat-ap1-', '[0-9a-fA-F-]{36}'),
  format('typeform-token', 'tfp_', '[\\w.=-]{40,64}'),
  format('readme-key', 'rdme_', '[a-z0-9]{70}'),
  format('frameio-token', 'fio-u-', '[\\w=-]{64}'),
  format('contentful-token', 'CFPAT-', '[\\w-]{43}'),
  format('settlemint-token', 'sm_pat_ sm_aat_ sm_sat_', '[A-Za-z0-9]{16}'),
  format('beamer-token', 'b_', '(?=[A-Za-z_=-]{0,43}[0-9])[a-z0-9=_-]{44}'),
  format('rootly-token', 'rootly_', '[0-9a-f]{64}'),
  format('mapbox-token', 'sk.eyJ pk.eyJ tk.eyJ', '[\\w-]{40,300}\\.[\\w-]{20,40}'),
  format('mapbox-token', 'pk.', '[a-z0-9]{60}\\.[a-z0-9]{22}'),

  // Watching and measuring
  format('grafana-token', 'glc_', '(?=[A-Za-z]{0,60}[0-9])[A-Za-z0-9+/]{32,400}={0,3}'),
  format('grafana-token', 'glsa_', '[A-Za-z0-9]{32}_[0-9a-fA-F]{8}'),
  format('grafana-key', 'eyJrIjoi', '[A-Za-z0-9]{70,400}={0,3}'),
  format('dynatrace-token', 'dt0', '[a-z][0-9]{2}\\.[A-Za-z0-9]{24,32}\\.[A-Za-z0-9]{64}'),
  format('new-relic-key', 'NRAK-', '[A-Za-z0-9]{27}'),
  format('new-relic-key', 'NRJS-', '[0-9a-f]{19}'),
  format('new-relic-key', 'NRII- NRIQ-', '[\\w-]{32}'),
  format('sentry-token', 'sntrys_eyJ', '[A-Za-z0-9+/=]{60,400}_[A-Za-z0-9+/]{43}'),
  format('sentry-token', 'sntryu_', '[0-9a-f]{64}'),
  format('honeycomb-key', 'hcaik_ hcaic_ hcxik_', '[A-Za-z0-9]{58,64}'),
  format('posthog-key', 'phx_ phs_', '[A-Za-z0-9]{40,64}'),
];

function format(name: string, prefixes: string, rest: string, made: TokenFormat['made'] = null): TokenFormat {
  return { name, prefixes: prefixes.split(' '), rest, made };
}
