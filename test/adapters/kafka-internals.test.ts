import { createRequire } from 'node:module';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createConnection, missingInternals } from '../../src/adapters/kafka/kafkajs-internals.ts';

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

test('an answer that is none rejects what waits for it, and ends the connection, not the process', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.write(Buffer.from([0, 0, 0, 2, 0xff, 0xff])));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const connection = createConnection({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    clientId: 'test',
    ssl: null,
    sasl: null,
    connectTimeoutMs: 1_000,
    requestTimeoutMs: 5_000,
    onLog: () => {},
  });
  await connection.connect();
  const request = { apiKey: 18, apiVersion: 0, apiName: 'ApiVersions', body: [], timeoutMs: 5_000 };
  await expect(connection.send(request)).rejects.toThrow('an answer that is none');
  await expect.poll(() => connection.isConnected()).toBe(false);
  await new Promise((resolve) => server.close(resolve));
});
