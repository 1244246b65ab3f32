import { describe, expect, it } from 'vitest';
import { isSecretName } from '../../../src/core/content/secret-names.ts';

const names = (...lines: readonly string[]) => lines.flatMap((line) => line.split(' '));

describe('isSecretName', () => {
  it.each(
    names(
      'password Password PASSWORD passwd pwd passphrase passcode userPassword user_password',
      'dbpassword DB_PASSWORD_2 password2 new-password-again passwords password_hash',
      'secret client_secret clientSecret CLIENT-SECRET clientsecret secret_value appSecret.v2',
      'token access_token accessToken ACCESSTOKEN refresh-token id_token x-amz-security-token',
      'api_key apikey api-key apiKey APIKey APIKEY x-api-key OPENAI_API_KEY openaiapikey aPiKey',
      'private_key privateKey sshPrivateKey SSHPrivateKeyPath AWSSecretAccessKey access_key_id',
      'authorization Proxy-Authorization HTTPAuthorization auth Auth auth_token bearer jwt',
      'cookie Set-Cookie cookies session SESSION session_id sessionId sessionid session_key',
      'credential credentials awsCredentials otp connection_string pass',
    ),
  )('%s holds a secret', (name) => {
    expect(isSecretName(name)).toBe(true);
  });

  it.each(
    names(
      'id name query amount __proto__ constructor 日本語 😹',
      'tokenize tokenizer max_tokens maxTokens tokens token_count tokenLimit token_type',
      'password_length passwordPolicy password_required compass passenger pass_rate bypass',
      'key keys primary_key keyboard keyword monkey sort_key key_id',
      'author authors authority authMethod auth_type authorization_url authored_by',
      'secretary secret_name secretRef cookie_consent cookiecutter session_title training_session',
      'obsession options optional credentialing connection connection_name api_version',
    ),
  )('%s holds none', (name) => {
    expect(isSecretName(name)).toBe(false);
  });

  it('a name may have spaces, or nothing in it', () => {
    expect(isSecretName('API key')).toBe(true);
    expect(isSecretName('')).toBe(false);
  });

  it('answers for a name of a million characters, of which an agent may choose each', () => {
    for (const part of ['A', 'a', '1', '_', 'aA', 'Aa', 'token', 'tokenA']) {
      expect(isSecretName(`${part.repeat(1_000_000 / part.length)} tokenx`)).toBe(part === 'tokenA');
    }
  });
});
