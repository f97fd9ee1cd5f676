import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execFileAsync = promisify(execFile);

/** A service that cannot be had on this machine. `message` says what is missing and how to get it. */
export class ServiceUnavailable extends Error {
  override readonly name = 'ServiceUnavailable';
}

/** Folder kept between runs, outside the repository; made when it is not there. */
export function cacheFolder(...parts: string[]): string {
  const base =
    process.env['PARLEY_RIG_CACHE'] ??
    join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'parley-rig');
  const folder = join(base, ...parts);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** A port of 127.0.0.1 that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Runs a program to its end; its output, or an error that carries its last lines. */
export async function run(file: string, args: string[], cwd?: string): Promise<string> {
  try {
    const { stdout } = await execFileAsync(file, args, {
      ...(cwd === undefined ? {} : { cwd }),
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    const { stderr = '', stdout = '' } = error as { stderr?: string; stdout?: string };
    const tail = `${stdout}\n${stderr}`.trim().split('\n').slice(-8).join('\n');
    throw new Error(`${file} ${args.join(' ')} failed: ${tail}`, { cause: error });
  }
}

/** The program's path when it is on the PATH. */
export async function findTool(program: string): Promise<string | undefined> {
  try {
    return (await run('sh', ['-c', `command -v ${program}`])).trim();
  } catch {
    return undefined;
  }
}

/**
 * The program's path; installs Debian's package first when the program is missing, this process is
 * root and apt is there.
 * @throws ServiceUnavailable when the program is still missing.
 */
export async function ensureTool(program: string, debianPackage: string): Promise<string> {
  const present = await findTool(program);
  if (present !== undefined) return present;
  if (process.getuid?.() === 0 && (await findTool('apt-get')) !== undefined) {
    try {
      await run('apt-get', ['update', '-qq']);
      await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', debianPackage]);
    } catch (error) {
      throw new ServiceUnavailable(
        `${program} is not on the PATH and installing ${debianPackage} failed: ${String(error)}`,
      );
    }
    const installed = await findTool(program);
    if (installed !== undefined) return installed;
  }
  throw new ServiceUnavailable(
    `${program} is not on the PATH; install it (Debian: apt-get install ${debianPackage})`,
  );
}

/** Asks every `everyMs` until the answer is true. */
export async function until(
  what: string,
  ask: () => Promise<boolean>,
  timeoutMs: number,
  everyMs = 50,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    if (await ask()) return;
    if (performance.now() > deadline) throw new Error(`${what}: not after ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

/** Sends a signal and waits until the process is gone. */
export async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await gone;
}

/**
 * Ends a service, and removes its folder, when this process is gone however that came: a shell waits for
 * the end of a pipe that only this process holds.
 * @returns what calls the guard off.
 */
export function guardProcess(child: ChildProcess, folder: string): () => void {
  const script = 'cat >/dev/null; kill -9 "$1"; rm -rf "$2"';
  const guard = spawn('sh', ['-c', script, 'sh', String(child.pid), folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.unref();
  return () => {
    guard.kill('SIGKILL');
    guard.stdin.destroy();
  };
}
