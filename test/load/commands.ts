/** Prints what `readCommandLine` reads: run as a process by the test beside it. */
import { flag, number, readCommandLine, text } from '../../load/command-line.ts';

const read = readCommandLine(
  'npm run try --',
  'Tries.',
  {
    fillRate: number(16, 'a second', 1),
    seed: number(null, 'of it'),
    folder: text('path', 'where'),
    stages: flag('more'),
    peers: flag('without', true),
  },
  [{ name: 'from', about: 'read' }, { name: 'to', about: 'written', fallback: 'out' }],
);
console.log(JSON.stringify(read));
