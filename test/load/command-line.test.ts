import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const SCRIPT = fileURLToPath(new URL('./commands.ts', import.meta.url));

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('the command line of the commands beside parley', () => {
  test('what nobody names has its default', () => {
    const { status, stdout } = run('in');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      options: { fillRate: 16, seed: null, folder: null, stages: false, peers: true },
      operands: ['in', 'out'],
    });
  });

  test('what is named is read', () => {
    const named = ['--fill-rate', '2.5', '--seed', '7', '--folder', 'x', '--stages', '--no-peers', 'in', 'there'];
    expect(JSON.parse(run(...named).stdout)).toEqual({
      options: { fillRate: 2.5, seed: 7, folder: 'x', stages: true, peers: false },
      operands: ['in', 'there'],
    });
  });

  test('--help names everything and does nothing', () => {
    const { status, stdout } = run('--help');
    expect(status).toBe(0);
    for (const part of ['npm run try --', 'Tries.', '--fill-rate <n>', 'a second (default: 16)', '--no-peers', '<from>', '[to]']) {
      expect(stdout).toContain(part);
    }
    expect(stdout).not.toContain('operands');
  });

  test.each([
    [['in', '--fil-rate', '3'], "error: unknown option '--fil-rate'\n(Did you mean --fill-rate?)\n"],
    [['in', '--fill-rate', '0'], "error: option '--fill-rate <n>' argument '0' is invalid. A number of 1 and more is needed.\n"],
    [['in', '--fill-rate', 'x'], "error: option '--fill-rate <n>' argument 'x' is invalid. A number of 1 and more is needed.\n"],
    [['in', '--folder'], "error: option '--folder <path>' argument missing\n"],
    [[], "error: missing required argument 'from'\n"],
  ])('%j is told in a line, with exit code 2', (args, message) => {
    expect(run(...args)).toEqual({ status: 2, stdout: '', stderr: message });
  });
});
