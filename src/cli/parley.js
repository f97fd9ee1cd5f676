#!/usr/bin/env -S node --max-semi-space-size=16
import './compile-cache.js';

await import('./main.ts');
