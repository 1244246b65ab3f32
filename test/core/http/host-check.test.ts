import { describe, expect, it } from 'vitest';
import { allowedHostsOf, isAllowedHost, isLoopback } from '../../../src/core/http/host-check.ts';

const none = { publicUrls: [], hosts: [], origins: [] };
const local = allowedHostsOf({ ...none, bind: '127.0.0.1', port: 8421 });
const published = allowedHostsOf({
  bind: '0.0.0.0',
  port: 8421,
  publicUrls: ['https://admin.example.com', 'https://admin.example.net:8443/console'],
  hosts: ['10.1.2.3:9000'],
  origins: ['https://console.example.org'],
});

describe('isAllowedHost', () => {
  it.each([
    ['127.0.0.1:8421', undefined],
    ['localhost:8421', undefined],
    ['LocalHost:8421', undefined],
    ['[::1]:8421', 'http://localhost:8421'],
    ['127.0.0.1:8421', 'http://127.0.0.1:8421'],
  ])('lets %s with the origin %s in by default', (host, origin) => {
    expect(isAllowedHost(local, host, origin)).toBe(true);
  });

  it.each([
    [undefined, undefined],
    ['', undefined],
    ['evil.example', undefined],
    ['evil.example:8421', undefined],
    ['localhost.evil.example:8421', undefined],
    ['localhost', undefined],
    ['localhost:8422', undefined],
    ['localhost:8421.', undefined],
    ['localhost:08421', undefined],
    ['127.0.0.1:8421@evil.example', undefined],
    ['127.0.0.1:8421', 'https://evil.example'],
    ['127.0.0.1:8421', 'null'],
    ['127.0.0.1:8421', ''],
    ['127.0.0.1:8421', 'https://127.0.0.1:8421'],
    ['127.0.0.1:8421', 'http://localhost:3000'],
    ['127.0.0.1:8421', 'http://127.0.0.1:8421, http://evil.example'],
  ])('keeps %s with the origin %s out by default', (host, origin) => {
    expect(isAllowedHost(local, host, origin)).toBe(false);
  });

  it.each([
    ['admin.example.com', 'https://admin.example.com'],
    ['admin.example.net:8443', 'https://admin.example.net:8443'],
    ['localhost:8421', undefined],
    ['0.0.0.0:8421', undefined],
    ['10.1.2.3:9000', 'https://console.example.org'],
  ])('lets the configured %s with the origin %s in', (host, origin) => {
    expect(isAllowedHost(published, host, origin)).toBe(true);
  });

  it('leaves the port out where it is the one of the scheme', () => {
    expect(isAllowedHost(allowedHostsOf({ ...none, bind: '::', port: 80 }), 'localhost', 'http://localhost')).toBe(true);
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
