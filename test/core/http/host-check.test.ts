import { describe, expect, it } from 'vitest';
import { allowedHostsOf, checkHost, isLoopback } from '../../../src/core/http/host-check.ts';

const local = allowedHostsOf({ bind: '127.0.0.1', port: 8421, publicUrl: null });
const published = allowedHostsOf({
  bind: '10.1.2.3',
  port: 8421,
  publicUrl: 'https://Admin.example.com:8443/console',
  hosts: ['MCP.example.com'],
  origins: ['https://inspector.example.com'],
});

describe('checkHost', () => {
  it.each([
    [local, '127.0.0.1:8421', null],
    [local, 'localhost:8421', null],
    [local, 'LocalHost:8421', null],
    [local, '[::1]:8421', 'http://localhost:8421'],
    [local, '127.0.0.1:8421', 'http://127.0.0.1:8421'],
    [local, 'localhost:9000', null],
    [local, 'localhost', null],
    [published, 'admin.example.com:8443', 'https://admin.example.com:8443'],
    [published, 'localhost:8421', null],
    [published, '10.1.2.3:8421', null],
    [published, 'mcp.example.com', 'https://inspector.example.com'],
  ])('lets row %# in', (allowed, host, origin) => {
    expect(checkHost(allowed, host, origin)).toBeNull();
  });

  it.each([
    [null, null],
    ['', null],
    ['evil.example', null],
    ['evil.example:8421', null],
    ['localhost.evil.example:8421', null],
    ['localhost:8421.', null],
    ['localhost.', null],
    ['localhost:', null],
    ['localhost:8421:8421', null],
    ['localhost:evil', null],
    ['localhost, evil.example', null],
    ['127.0.0.1:8421@evil.example', null],
    ['evil.example@127.0.0.1:8421', null],
    ['2130706433:8421', null],
    ['[::1', null],
    ['::1', null],
    ['127.0.0.1:8421', 'https://evil.example'],
    ['127.0.0.1:8421', 'null'],
    ['127.0.0.1:8421', ''],
    ['127.0.0.1:8421', 'https://127.0.0.1:8421'],
    ['127.0.0.1:8421', 'http://localhost:3000'],
    ['127.0.0.1:8421', 'http://127.0.0.1:8421, http://evil.example'],
  ])('keeps %s with the origin %s out by default', (host, origin) => {
    expect(checkHost(local, host, origin)).not.toBeNull();
  });

  it('leaves the port of an origin out where it is the one of the scheme', () => {
    expect(checkHost(allowedHostsOf({ bind: '::', port: 80, publicUrl: null }), '[::]', 'http://localhost')).toBeNull();
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
