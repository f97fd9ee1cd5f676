import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

const modules = {
  ioredis: 'ioredis',
  adapter: new URL('../../src/adapters/redis/redis-store.ts', import.meta.url).href,
};

/** Whether V8 holds the methods of texts as a dictionary once a module is loaded. */
function slowAfter(module: string): boolean {
  const script = `await import(${JSON.stringify(module)});
    console.log(%HasFastProperties(String.prototype))`;
  const args = ['--allow-natives-syntax', '--input-type=module', '--eval', script];
  return execFileSync(process.execPath, args, { cwd: import.meta.dirname }).toString().trim() === 'false';
}

test('methods of texts stay fast beside ioredis, which alone makes them slow', () => {
  expect(slowAfter(modules.ioredis)).toBe(true);
  expect(slowAfter(modules.adapter)).toBe(false);
});
