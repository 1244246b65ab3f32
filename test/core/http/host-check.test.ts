import { describe, expect, it } from 'vitest';
import { allowedHostsOf, isAllowedHost, isLoopback } from '../../../src/core/http/host-check.ts';

const local = allowedHostsOf('127.0.0.1', 8421, null);
const published = allowedHostsOf('10.1.2.3', 8421, 'https://Admin.example.com:8443/console');

describe('isAllowedHost', () => {
  it.each([
    [local, '127.0.0.1:8421', undefined],
    [local, 'localhost:8421', undefined],
    [local, 'LocalHost:8421', undefined],
    [local, '[::1]:8421', 'http://localhost:8421'],
    [local, '127.0.0.1:8421', 'http://127.0.0.1:8421'],
    [local, 'localhost:9000', undefined],
    [local, 'localhost', undefined],
    [published, 'admin.example.com:8443', 'https://admin.example.com:8443'],
    [published, 'localhost:8421', undefined],
    [published, '10.1.2.3:8421', undefined],
  ])('lets row %# in', (allowed, host, origin) => {
    expect(isAllowedHost(allowed, host, origin)).toBe(true);
  });

  it.each([
    [undefined, undefined],
    ['', undefined],
    ['evil.example', undefined],
    ['evil.example:8421', undefined],
    ['localhost.evil.example:8421', undefined],
    ['localhost:8421.', undefined],
    ['localhost.', undefined],
    ['localhost:', undefined],
    ['localhost:8421:8421', undefined],
    ['localhost:evil', undefined],
    ['localhost, evil.example', undefined],
    ['127.0.0.1:8421@evil.example', undefined],
    ['evil.example@127.0.0.1:8421', undefined],
    ['2130706433:8421', undefined],
    ['[::1', undefined],
    ['::1', undefined],
    ['127.0.0.1:8421', 'https://evil.example'],
    ['127.0.0.1:8421', 'null'],
    ['127.0.0.1:8421', ''],
    ['127.0.0.1:8421', 'https://127.0.0.1:8421'],
    ['127.0.0.1:8421', 'http://localhost:3000'],
    ['127.0.0.1:8421', 'http://127.0.0.1:8421, http://evil.example'],
  ])('keeps %s with the origin %s out by default', (host, origin) => {
    expect(isAllowedHost(local, host, origin)).toBe(false);
  });

  it('leaves the port of an origin out where it is the one of the scheme', () => {
    expect(isAllowedHost(allowedHostsOf('::', 80, null), '[::]', 'http://localhost')).toBe(true);
  });
});

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.8.8.8', '::1', '[::1]', 'localhost'])('%s is', (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.com', '127.0.0.256.1', 'localhost.example.com'])(
    '%s is not',
    (host) => {
      expect(isLoopback(host)).toBe(false);
    },
  );
});
