import { describe, expect, test } from 'vitest';
import { unsuitable } from '../../src/adapters/redis/connect.ts';

function info(version: string, policy: string, maxmemory: number): string {
  return [
    '# Server', `redis_version:${version}`, 'redis_mode:standalone', '',
    '# Memory', `maxmemory:${maxmemory}`, 'maxmemory_human:1G', `maxmemory_policy:${policy}`, '',
  ].join('\r\n');
}

describe('a Redis that state may not be kept in', () => {
  test('one that is too old is named with its version', () => {
    expect(unsuitable(info('6.0.16', 'noeviction', 0))).toContain('6.0.16');
    expect(unsuitable(info('5.0.14', 'noeviction', 0))).toContain('6.2 or later');
    for (const version of ['6.2.0', '7.0.15', '8.2.1']) {
      expect(unsuitable(info(version, 'noeviction', 0))).toBeNull();
    }
  });

  test('one that evicts keys without an end is refused; one that cannot is not', () => {
    for (const policy of ['allkeys-lru', 'allkeys-lfu', 'allkeys-random']) {
      expect(unsuitable(info('7.0.15', policy, 1e9))).toContain(policy);
      expect(unsuitable(info('7.0.15', policy, 0))).toBeNull();
    }
    for (const policy of ['noeviction', 'volatile-lru', 'volatile-ttl']) {
      expect(unsuitable(info('7.0.15', policy, 1e9))).toBeNull();
    }
  });

  test('one that does not say is taken as it is', () => {
    expect(unsuitable('')).toBeNull();
  });
});
