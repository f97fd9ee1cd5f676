import { describe, expect, test } from 'vitest';
import { parseConfiguration } from '../../src/cli/configuration-file.ts';

function problems(text: string, environment: Record<string, string> = {}): string {
  try {
    parseConfiguration(text, 'parley.yaml', environment);
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
}

describe('configuration', () => {
  test('an empty file means the defaults', () => {
    const configuration = parseConfiguration('', 'parley.yaml', {});
    expect(configuration.api).toMatchObject({ host: '127.0.0.1', port: 8787 });
    expect(configuration.time.allowedLateness).toBe(5_000);
    expect(configuration.keyedPartitions).toBe(16);
  });

  test('durations are read into ms', () => {
    const configuration = parseConfiguration('time: {allowedLateness: 1m30s}', 'parley.yaml', {});
    expect(configuration.time.allowedLateness).toBe(90_000);
  });

  test('a misspelt field is refused with its place and the likely field', () => {
    expect(problems('application: shop\ntime:\n  allowedLatenes: 5s\n')).toBe(
      'parley.yaml:3:3: unknown field "time.allowedLatenes"; did you mean "allowedLateness"?',
    );
  });

  test('a misspelt section is refused at the top', () => {
    expect(problems('kafak: {}')).toContain('parley.yaml:1:1: unknown field "kafak"; did you mean "kafka"?');
  });

  test('a wrong value names the field and its place', () => {
    expect(problems('time:\n  allowedLateness: soon\n')).toBe(
      'parley.yaml:2:20: time.allowedLateness: a duration looks like 500ms, 5s, 24h or 2h30m',
    );
  });

  test('every mistake of a file is named at once', () => {
    expect(problems('api: {port: 99999}\ntime: {allowedLateness: x}').split('\n')).toHaveLength(2);
  });

  test('YAML that cannot be read names the place', () => {
    expect(problems('api: {port: 1')).toMatch(/^parley\.yaml:1:\d+: /);
  });

  test('a file that is a list is refused', () => {
    expect(problems('- a')).toContain('parley.yaml:1:1');
  });

  test('the environment overrides the file', () => {
    const configuration = parseConfiguration('api: {port: 1000}', 'parley.yaml', {
      PARLEY_API_PORT: '2000',
      PARLEY_TOPIC_PREFIX: 'stage.',
      PARLEY_KAFKA_BROKERS: 'a:1, b:2',
      REDIS_URL: 'redis://r:1',
      HOME: '/x',
    });
    expect(configuration.api.port).toBe(2000);
    expect(configuration.topicPrefix).toBe('stage.');
    expect(configuration.kafka.brokers).toEqual(['a:1', 'b:2']);
    expect(configuration.redis.url).toBe('redis://r:1');
  });

  test('a mistake in the environment names the variable', () => {
    expect(problems('', { PARLEY_API_PORT: 'x' })).toContain('environment variable PARLEY_API_PORT');
    expect(problems('', { PARLEY_API_PROT: '1' })).toContain('environment variable PARLEY_API_PROT');
  });
});
