import { measureRow, rowOf } from './bench-match/rows.ts';

const rows = process.argv.slice(2);
for (const name of rows) console.log(JSON.stringify(measureRow(rowOf(name), 1_000_000, 2_000_000, 3, null)));
