import { setFlagsFromString } from 'node:v8';

// Before anything else of a process that goes on for long.

/** Reasons and figures: ../engine/README.md. Beside Kafka and Redis V8 grows as it likes: it is quicker. */
const HEAP = { '--max-semi-space-size': 16 };
if (process.argv[2] !== 'run') HEAP['--heap-growing-percent'] = 100;
const MALLOC = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '33554432',
  MALLOC_TRIM_THRESHOLD_: '33554432',
};

// What only a start can set, whoever starts it and in whatever way: the process becomes a new one
// in its place, with the same number. What was set by hand holds. Where a process cannot be
// replaced (Windows) it runs as it is, and takes more memory.
const given = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' ');
const missing = Object.entries(HEAP).filter(([name]) => !given.includes(name));
const isSet = missing.length === 0 && Object.keys(MALLOC).every((name) => process.env[name] !== undefined);
if (!isSet && process.platform !== 'win32') {
  const options = [...missing.map(([name, value]) => `${name}=${value}`), ...process.execArgv];
  const args = [process.argv0, ...options, ...process.argv.slice(1)];
  process.execve?.(process.execPath, args, { ...MALLOC, ...process.env });
}

// This thread's heap has it; in another thread the flag would outrank the limits that it is given.
setFlagsFromString('--max-semi-space-size=0');
