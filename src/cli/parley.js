#!/usr/bin/env node
import './launch.js';

await import('./main.ts');
