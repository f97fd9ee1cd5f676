/** Holds derived records against what the traffic must give: none lost, none doubled. */
import type { EventLog } from '../src/ports/event-log.ts';
import type { DerivedRecord } from '../src/task/derived-record.ts';
import type { ExpectedMatch } from './traffic.ts';

export interface Verdict {
  readonly expected: number;
  readonly missing: number;
  readonly doubled: number;
  /** Records of the patterns that are checked, which no script of the traffic gives. */
  readonly unexpected: number;
}

/** What the check looks at. */
export interface DerivedOutline {
  readonly id: string;
  readonly patternid: string;
  readonly kind: string;
  readonly subject: string;
  readonly evidence: readonly { readonly id: string }[];
}

/** `complete` false: the run was cut off, matches of the last events may be missing. */
export function checkDerived(
  expected: readonly ExpectedMatch[],
  derived: readonly DerivedOutline[],
  options: { readonly complete: boolean },
): Verdict {
  const patterns = new Set(expected.map(({ pattern }) => pattern as string));
  const wanted = new Map(expected.map((one) => [nameOf(one.pattern, one.key, one.events), 0]));
  const ids = new Set<string>();
  let doubled = 0;
  let unexpected = 0;
  for (const record of derived) {
    if (ids.has(record.id)) doubled++;
    ids.add(record.id);
    if (!patterns.has(record.patternid) || record.kind !== 'match') continue;
    const name = nameOf(record.patternid, record.subject, record.evidence.map(({ id }) => id));
    const seen = wanted.get(name);
    if (seen === undefined) unexpected++;
    else {
      if (seen > 0) doubled++;
      wanted.set(name, seen + 1);
    }
  }
  const missing = [...wanted.values()].filter((seen) => seen === 0).length;
  return { expected: wanted.size, missing: options.complete ? missing : 0, doubled, unexpected };
}

function nameOf(pattern: string, key: string, events: readonly string[]): string {
  return JSON.stringify([pattern, key, events]);
}

/** Every committed record of a derived topic. */
export async function readDerived(log: EventLog, topic: string): Promise<DerivedRecord[]> {
  const description = await log.describeTopic(topic);
  const partitions = Array.from({ length: description?.partitions ?? 0 }, (_, partition) => ({
    topic,
    partition,
  }));
  const ends = await log.endOffsets(partitions, 'committed');
  const reader = log.openReader('committed');
  for (const at of partitions) reader.assign(at, 0);
  const derived: DerivedRecord[] = [];
  while (partitions.some((at, index) => (reader.position(at) ?? 0) < (ends[index] ?? 0))) {
    for (const { records } of await reader.poll(50, 4_000_000)) {
      for (const { value } of records) {
        if (value !== null) derived.push(JSON.parse(Buffer.from(value).toString()) as DerivedRecord);
      }
    }
  }
  await reader.close();
  return derived;
}
