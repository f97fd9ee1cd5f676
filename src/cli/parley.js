#!/usr/bin/env node
const [, , command = ''] = process.argv;

// What ends at once need not start twice.
if (command === 'dev' || command === 'run') await import('./launch.js');
await import('./compile-cache.js');
await import('./main.ts');
