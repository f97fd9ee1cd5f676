import { createRequire } from 'node:module';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { missingInternals } from '../../src/adapters/kafka/kafkajs-internals.ts';

const require = createRequire(import.meta.url);
const folder = new URL('../../src/', import.meta.url).pathname;

describe('what Parley takes from inside kafkajs', () => {
  test('is all there in the installed version', () => {
    expect(missingInternals()).toEqual([]);
  });

  test('is named when it is gone', () => {
    class Connection {
      isConnected(): void {}
    }
    const changed = (file: string): unknown => {
      if (file.endsWith('package.json')) return { version: '2.3.0' };
      if (file.endsWith('connection.js')) return Connection;
      if (file.endsWith('loggers/index.js')) throw new Error('moved');
      return require(file);
    };
    const missing = missingInternals(changed);
    expect(missing).toContain('kafkajs 2.2.4 (found 2.3.0)');
    expect(missing).toContain('kafkajs/src/network/connection.js: nextCorrelationId');
    expect(missing).toContain('kafkajs/src/loggers/index.js');
    expect(missing).not.toContain('kafkajs/src/network/connection.js: isConnected');
  });

  test('is named in one file only', () => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    );
    const deep = files.filter((name) =>
      readFileSync(join(folder, name), 'utf8').includes('kafkajs/src'),
    );
    expect(deep).toEqual(['adapters/kafka/kafkajs-internals.ts']);
  });
});
