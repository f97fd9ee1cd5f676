/**
 * What must be derived, recomputed from the whole input by brute force: no code of Parley, topics read
 * with kcat (librdkafka), not with the client under test.
 */
import { run } from '../rig/tools.ts';

/** Absence after a proposal, and window of an acceptance, ms: `for` and `within` of the patterns. */
export const DEADLINE_MS = 4_000;

export interface InputEvent {
  readonly id: string;
  readonly type: string;
  readonly time: number;
  readonly conversation_id: string;
  readonly meeting_id: string;
}

export interface Verdict {
  readonly expected: number;
  readonly missing: readonly string[];
  readonly doubled: readonly string[];
  readonly unexpected: readonly string[];
  /** Records of a key whose event times go back. */
  readonly outOfOrder: readonly string[];
}

/** Committed values of a topic, in order for each partition, with their keys. */
export async function readTopic(
  brokers: string,
  topic: string,
): Promise<{ readonly partition: number; readonly key: string; readonly value: string }[]> {
  const args = ['-b', brokers, '-C', '-t', topic, '-e', '-q', '-X', 'isolation.level=read_committed'];
  const text = await run('kcat', [...args, '-o', 'beginning', '-f', '%p\\t%k\\t%s\\n']);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [partition = '', key = '', ...value] = line.split('\t');
      return { partition: Number(partition), key, value: value.join('\t') };
    });
}

/**
 * Matches by type and evidence. A conversation: its first proposal opens a run; an acceptance less
 * than the deadline after it gives `chaos_accepted` (and level 2 makes `chaos_confirmed` of that);
 * else `chaos_unanswered` comes at the deadline. An event with an id that was seen counts once.
 */
export function expectedOf(input: readonly InputEvent[]): Set<string> {
  const conversations = new Map<string, InputEvent[]>();
  const seen = new Set<string>();
  for (const event of input) {
    if (seen.has(event.id)) continue;
    seen.add(event.id);
    const events = conversations.get(event.conversation_id) ?? [];
    events.push(event);
    conversations.set(event.conversation_id, events);
  }
  const expected = new Set<string>();
  for (const events of conversations.values()) {
    const proposal = events.find(({ type }) => type === 'chaos_proposal');
    if (proposal === undefined) continue;
    const accept = events.find(
      ({ type, time }) =>
        type === 'chaos_accept' && time >= proposal.time && time - proposal.time < DEADLINE_MS,
    );
    if (accept === undefined) {
      expected.add(`chaos_unanswered ${proposal.id}`);
    } else {
      expected.add(`chaos_accepted ${proposal.id} ${accept.id}`);
      expected.add(`chaos_confirmed ${proposal.meeting_id}`);
    }
  }
  return expected;
}

interface Derived {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly evidence: readonly { readonly id: string }[];
}

/** Holds what was derived against what must be. */
export function judge(
  expected: ReadonlySet<string>,
  records: readonly { readonly value: string }[],
): Verdict {
  const seen = new Set<string>();
  const ids = new Set<string>();
  const doubled: string[] = [];
  const unexpected: string[] = [];
  const outOfOrder: string[] = [];
  const last = new Map<string, number>();
  for (const { value } of records) {
    const record = JSON.parse(value) as Derived;
    const name =
      record.type === 'chaos_confirmed'
        ? `${record.type} ${record.subject}`
        : [record.type, ...record.evidence.map(({ id }) => id)].join(' ');
    if (seen.has(name) || ids.has(record.id)) doubled.push(name);
    seen.add(name);
    ids.add(record.id);
    if (!expected.has(name)) unexpected.push(name);
    const key = `${record.type} ${record.subject}`;
    const time = Date.parse(record.time);
    if (time < (last.get(key) ?? -Infinity)) outOfOrder.push(name);
    last.set(key, time);
  }
  const missing = [...expected].filter((name) => !seen.has(name));
  return { expected: expected.size, missing, doubled, unexpected, outOfOrder };
}

/** Rule 3 of the oracle: sequence numbers of each task are contiguous, input ranges tile the log. */
export function metaProblems(
  records: readonly { readonly partition: number; readonly key: string; readonly value: string }[],
): string[] {
  const problems: string[] = [];
  const last = new Map<number, { seq: number; offset: number }>();
  for (const { partition, key, value } of records) {
    if (key !== '__meta') continue;
    const meta = JSON.parse(value) as { seq: number; from: number; offset: number };
    const before = last.get(partition);
    if (before !== undefined && (meta.seq !== before.seq + 1 || meta.from !== before.offset)) {
      problems.push(`partition ${partition}: ${JSON.stringify(before)} then ${JSON.stringify(meta)}`);
    }
    last.set(partition, { seq: meta.seq, offset: meta.offset });
  }
  return problems;
}
