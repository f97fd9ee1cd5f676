import { enableCompileCache } from 'node:module';

// Not in need of compiling itself: later starts find all modules compiled, here and in threads,
// which read the variable, and no compiler stays in memory.
const { directory } = enableCompileCache();
if (directory !== undefined) process.env.NODE_COMPILE_CACHE = directory;
