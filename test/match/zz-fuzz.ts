import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { planOf } from '../../src/match/plan.ts';
import { ProcessMatcher } from '../../src/match/process-matcher.ts';
import { anyFile, orderedStream } from './arbitrary.ts';
import { definitionOf } from './definition-of.ts';
import { referenceMatches } from './reference.ts';
const [seed, n] = [Number(process.argv[2]), Number(process.argv[3])];
const cases = fc.sample(fc.tuple(anyFile(), orderedStream()), { seed, numRuns: n });
let maxSize = 0, i=0, comp=0;
for (const [file, events] of cases) {
  i++;
  const definition = definitionOf(file);
  if (definition === null) continue;
  const m = new ProcessMatcher(planOf(definition)) as any;
  writeFileSync('/tmp/m/last-' + seed + '.json', JSON.stringify({ file, events }));
  const lines: string[] = []; let bounded = false;
  const sink = { output: (o: any) => { if (o.kind === 'match') lines.push(`${o.evidence.map((e: any) => e.event.id).join(' ')} at ${o.at}`); }, note: (x: any) => { bounded ||= x.kind === 'bound'; } };
  const t0 = performance.now();
  const runs = m.empty(); const own = events.filter(({ type }) => m.types.has(type));
  for (const e of own) { m.advance(runs, e.time, sink); m.accept(runs, e, e.time, sink, true); const s = m.size(runs); if (s > maxSize) maxSize = s; const dt=performance.now()-t0; if (dt > 1500) { console.log('SLOW matcher', dt|0, s, lines.length, JSON.stringify({ file, n: own.length })); break; } }
  const h = (own.at(-1)?.time ?? 0) + 40; m.advance(runs, h, sink);
  if (bounded) continue;
  const t1 = performance.now();
  let ref: any; try { ref = referenceMatches(definition, own, h); } catch (e) { console.log('ref err', (e as Error).message); continue; }
  if (performance.now() - t1 > 3000) console.log('slow ref', (performance.now() - t1) | 0);
  if (ref === null) continue;
  comp++;
  const exp = ref.map((x: any) => `${x.events.join(' ')} at ${x.at}`).sort();
  if (JSON.stringify(exp) !== JSON.stringify(lines.sort())) console.log('DIFF', JSON.stringify({ file, own, exp, lines }));
}
console.log('seed', seed, 'cases', i, 'compared', comp, 'max size', maxSize);
