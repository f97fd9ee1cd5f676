import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

/** The command as a user runs it, in processes of its own, on the embedded log and store. */

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'parley-dev-'));
const running = new Set<ChildProcess>();

afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Line {
  readonly channel: string;
  readonly record: { readonly id: string; readonly type: string; readonly subject: string };
}

interface Started {
  readonly child: ChildProcess;
  readonly lines: Line[];
  readonly notes: string[];
  readonly ended: Promise<number | null>;
}

function parley(...args: string[]): Started {
  const child = spawn(process.execPath, [join(root, 'src/cli/parley.js'), ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  running.add(child);
  const lines: Line[] = [];
  const notes: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    // The last line of a killed process may be cut short.
    if (line.startsWith('{') && line.endsWith('}')) lines.push(JSON.parse(line) as Line);
    else notes.push(line);
  });
  createInterface({ input: child.stderr }).on('line', (line) => notes.push(line));
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => {
      running.delete(child);
      resolve(code);
    });
  });
  return { child, lines, notes, ended };
}

const START = Date.UTC(2026, 10, 2, 8);

/** Conversations of two events each: accepted for even numbers, left unanswered for odd ones. */
function writeInput(file: string, conversations: number): void {
  const lines: string[] = [];
  for (let n = 0; n < conversations; n++) {
    const at = START + n * 60_000;
    const common = { conversation_id: `c${n}`, user_id: `u${n}`, recipient_id: `r${n}` };
    lines.push(JSON.stringify({ id: `p${n}`, type: 'meeting_proposal', time: at, ...common }));
    if (n % 2 === 0) {
      lines.push(JSON.stringify({ id: `a${n}`, type: 'meeting_accept', time: at + 30_000, ...common }));
    }
  }
  writeFileSync(file, `${lines.join('\n')}\n`);
}

function setUp(name: string): { readonly config: string; readonly patterns: string } {
  const patterns = join(folder, `${name}-patterns`);
  mkdirSync(patterns);
  for (const file of ['meeting-accepted.yaml', 'meeting-unanswered.yaml']) {
    cpSync(join(root, 'patterns', file), join(patterns, file));
  }
  const config = join(folder, `${name}.yaml`);
  writeFileSync(config, JSON.stringify({ patterns, places: { enabled: false }, api: { port: 0 } }));
  return { config, patterns };
}

const derivedIds = (lines: readonly Line[]) =>
  lines.filter(({ channel }) => channel === 'derived').map(({ record }) => record.id);

describe('parley dev', () => {
  test('works through an input and drains the last deadlines', async () => {
    const { config } = setUp('drain');
    writeInput(join(folder, 'drain.jsonl'), 40);
    const run = parley('dev', '--config', config, '--input', 'drain.jsonl', '--json', '--drain');
    expect(await run.ended).toBe(0);
    const types = run.lines.filter(({ channel }) => channel === 'derived').map(({ record }) => record.type);
    expect(types.filter((type) => type === 'meeting_accepted')).toHaveLength(20);
    expect(types.filter((type) => type === 'meeting_reminder')).toHaveLength(20);
    expect(run.notes.at(-1)).toMatch(/^60 events: 40 derived/);
  });

  test('without --drain deadlines behind the last event do not fire', async () => {
    const { config } = setUp('stop');
    writeInput(join(folder, 'stop.jsonl'), 10);
    const run = parley('dev', '--config', config, '--input', 'stop.jsonl', '--json');
    expect(await run.ended).toBe(0);
    const types = new Set(run.lines.map(({ record }) => record.type));
    expect([...types]).toEqual(['meeting_accepted']);
  });

  test('killed at any moment and started again: nothing lost, nothing twice', async () => {
    const { config } = setUp('kill');
    writeInput(join(folder, 'kill.jsonl'), 3_000);
    const args = ['dev', '--config', config, '--input', 'kill.jsonl', '--json', '--drain'];
    const whole = parley(...args);
    expect(await whole.ended).toBe(0);
    const expected = derivedIds(whole.lines).toSorted();
    expect(expected).toHaveLength(3_000);
    const data = ['--data', join(folder, 'kill-data')];
    let kills = 0;
    for (;;) {
      // The last run goes to its end: what it and the killed ones committed is read afterwards.
      const run = parley(...args, ...data, '--speed', kills < 4 ? '20000' : 'max');
      if (kills >= 4) {
        expect(await run.ended).toBe(0);
        break;
      }
      await expect.poll(() => derivedIds(run.lines).length, { timeout: 30_000 }).toBeGreaterThan(20);
      run.child.kill('SIGKILL');
      await run.ended;
      kills++;
    }
    const ids = await committedIds(join(folder, 'kill-data'));
    expect(ids.toSorted()).toEqual(expected);
  });

  test('a file is taken, changed and taken out while it runs; a mistake is told and changes nothing', async () => {
    const { config, patterns } = setUp('live');
    const run = parley('dev', '--config', config, '--data', join(folder, 'live-data'));
    const told = (text: string) =>
      expect.poll(() => run.notes.some((note) => note.includes(text)), { timeout: 20_000 }).toBe(true);
    await told('API http');
    const url = /API (\S+)/.exec(run.notes.find((note) => note.includes('API http')) ?? '')?.[1] ?? '';
    const ids = async () => {
      const answer = await fetch(`${url}/definitions`);
      const { entries } = (await answer.json()) as { entries: { id: string; enabled: boolean }[] };
      return entries.filter(({ enabled }) => enabled).map(({ id }) => id).toSorted();
    };
    expect(await ids()).toEqual(['meeting-accepted', 'meeting-unanswered']);
    const file = join(patterns, 'new.yaml');
    writeFileSync(file, 'id: new\nkey: user_id\nwithin: 1h\nsteps: [a, b]\nemit: ab\n');
    await told('new.yaml: in force');
    expect(await ids()).toContain('new');
    writeFileSync(file, 'id: new\nkey: user_id\nwithin: 1h\nstepz: [a, b]\nemit: ab\n');
    await told('new.yaml:4:1: error: "stepz" is not a word of the language. Did you mean "steps"?');
    expect(await (await fetch(`${url}/definitions/new`)).text()).toContain('steps: [a, b]');
    writeFileSync(join(patterns, 'twin.yaml'), 'id: new\nkey: user_id\nwithin: 1h\nsteps: [a, c]\nemit: ac\n');
    await told('The id "new" is defined in');
    writeFileSync(join(patterns, 'slip.yaml'), 'id: slip\nkey: user_id\nwithin: 1h\nsteps: [meeting_propsal, b]\nemit: cd\n');
    await told('slip.yaml:4:9: warning: "meeting_propsal" is not the type of a usual event.');
    unlinkSync(join(patterns, 'slip.yaml'));
    unlinkSync(file);
    await told('new was taken out');
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(0);
  });

  test('a second process on the same data folder is refused', async () => {
    const { config } = setUp('lock');
    const data = ['--data', join(folder, 'lock-data')];
    const first = parley('dev', '--config', config, ...data);
    await expect.poll(() => first.notes.some((note) => note.includes('API')), { timeout: 20_000 }).toBe(true);
    const second = parley('dev', '--config', config, ...data);
    expect(await second.ended).toBe(2);
    expect(second.notes.join('\n')).toContain('PARLEY_DATA_FOLDER_LOCKED');
    first.child.kill('SIGTERM');
    await first.ended;
  });

  test('a record of 10 MB and one that is no JSON become dead letters, and nothing else is lost', async () => {
    const { config } = setUp('poison');
    const common = { conversation_id: 'c1', user_id: 'u1', recipient_id: 'r1' };
    const lines = [
      JSON.stringify({ id: 'p', type: 'meeting_proposal', time: START, ...common }),
      JSON.stringify({ id: 'x', type: 'meeting_accept', time: START, text: 'a'.repeat(10_000_000), ...common }),
      'no JSON',
      JSON.stringify({ id: 'a', type: 'meeting_accept', time: START + 1_000, ...common }),
    ];
    writeFileSync(join(folder, 'poison.jsonl'), lines.join('\n'));
    const run = parley('dev', '--config', config, '--input', 'poison.jsonl', '--json', '--drain');
    expect(await run.ended).toBe(0);
    expect(run.notes.at(-1)).toMatch(/^4 events: 1 derived.* 2 dead letters$/);
  });

  test('an input that cannot be read any further ends it with the reason', async () => {
    const { config } = setUp('cut');
    mkdirSync(join(folder, 'cut.jsonl'));
    const run = parley('dev', '--config', config, '--input', 'cut.jsonl', '--json');
    expect(await run.ended).toBe(2);
    expect(run.notes.at(-1)).toContain('cut.jsonl: this is a folder, not a file');
  });

  test('what is held for a key can be looked at in the data folder once it stopped', async () => {
    const { config } = setUp('inspect');
    writeInput(join(folder, 'inspect.jsonl'), 3);
    const data = ['--data', join(folder, 'inspect-data')];
    const whole = parley('dev', '--config', config, '--input', 'inspect.jsonl', '--json', ...data);
    expect(await whole.ended).toBe(0);
    const look = (key: string) => parley('state', 'inspect', key, '--config', config, ...data);
    const one = look('conversation_id=c1');
    expect(await one.ended).toBe(0);
    expect(one.notes.join()).toContain('meeting-unanswered');
    const none = look('conversation_id=nobody');
    await none.ended;
    expect(none.notes.at(-1)).toBe('nothing is held for conversation_id=nobody');
  });

  test('a reader that goes away ends it without a word', async () => {
    const { config } = setUp('pipe');
    const args = ['--config', config, '--demo', '--speed', '20000', '--data', join(folder, 'pipe-data')];
    const run = parley('dev', ...args, '--json');
    await expect.poll(() => run.lines.length, { timeout: 20_000 }).toBeGreaterThan(0);
    run.child.stdout?.destroy();
    expect(await run.ended).toBe(0);
    expect(run.notes.filter((note) => note.includes('EPIPE'))).toEqual([]);
  });

  test('a pattern file that the system does not give is told, and the others are taken', async () => {
    const { config, patterns } = setUp('unreadable');
    mkdirSync(join(patterns, 'folder.yaml'));
    const run = parley('dev', '--config', config, '--data', join(folder, 'unreadable-data'));
    const note = (text: string) => run.notes.find((each) => each.includes(text));
    await expect.poll(() => note('API http'), { timeout: 20_000 }).toBeDefined();
    expect(note('folder.yaml:1:1: error: The file was not taken')).toBeDefined();
    expect(note('2 definitions in force, 2 of them new')).toBeDefined();
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(0);
  });

  test('what cannot be read is told in one line', async () => {
    const { config } = setUp('missing');
    const run = parley('dev', '--config', config, '--input', 'nowhere.jsonl');
    expect(await run.ended).toBe(2);
    expect(run.notes.at(-1)).toContain('nowhere.jsonl');
    writeFileSync(join(folder, 'typo.yaml'), 'applicaton: x\n');
    const typo = parley('dev', '--config', 'typo.yaml');
    expect(await typo.ended).toBe(2);
    expect(typo.notes.at(-1)).toContain('did you mean "application"?');
  });
});

/** Ids of the derived records in a data folder, by a process that only reads it. */
async function committedIds(data: string): Promise<string[]> {
  const { openEmbedded } = await import('../../src/adapters/embedded/embedded.ts');
  const clock = {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    sleep: () => Promise.resolve(),
  };
  const { log, store } = await openEmbedded(join(data, 'log'), { clock, prefix: 'parley.' });
  const count = (await log.describeTopic('parley.derived'))?.partitions ?? 0;
  const reader = log.openReader('committed');
  const partitions = Array.from({ length: count }, (_, partition) => ({ topic: 'parley.derived', partition }));
  for (const at of partitions) reader.assign(at, 0);
  const ends = await log.endOffsets(partitions, 'committed');
  const ids: string[] = [];
  while (partitions.some((at, index) => (reader.position(at) ?? 0) < (ends[index] ?? 0))) {
    for (const { records } of await reader.poll(10, 1_000_000)) {
      for (const { value } of records) {
        ids.push((JSON.parse(Buffer.from(value ?? []).toString()) as { id: string }).id);
      }
    }
  }
  await store.close();
  await log.close();
  return ids;
}
