import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ERROR_CODES } from '../src/event/errors.ts';
import { METRICS } from '../src/event/metrics.ts';

/** Folders of src from top to bottom: nothing imports from a folder above its own. */
const ORDER = [
  'cli', 'api', 'feed', 'engine', 'adapters', 'ports', 'task', 'segment', 'match', 'intent', 'geo',
  'pattern', 'expression', 'slabs', 'event',
];
const PURE = ['task', 'segment', 'match', 'intent', 'geo', 'pattern', 'expression', 'slabs', 'event'];
/** Files of pure folders that are named as edges: they load data and hand it in. */
const EDGES = [/^src\/geo\/(load|build|places-worker|source|saved)/, /^src\/intent\/data\//];
const LINES_MAX = 450;
const COLUMNS_MAX = 120;

const root = join(import.meta.dirname, '..');

function files(folder: string, ending: RegExp): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((name) => ending.test(name) && statSync(join(root, name)).isFile());
}

const sources = files('src', /\.ts$/);
const text = new Map(sources.map((name) => [name, readFileSync(join(root, name), 'utf8')]));

function imports(name: string): string[] {
  const found = text.get(name)?.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g) ?? [];
  return [...found].map(([, target]) => target ?? '');
}

function area(name: string): string {
  return name.split('/')[1] ?? '';
}

describe('the shape of the house', () => {
  test('every folder of src stands in the map, and every line of the map exists', () => {
    const map = readFileSync(join(root, 'src/README.md'), 'utf8');
    const named = [...map.matchAll(/^\| `(\w+)\/`/gm)].map(([, folder]) => folder);
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true });
    expect(named).toEqual(ORDER);
    expect(folders.filter((entry) => entry.isDirectory()).map((entry) => entry.name).toSorted())
      .toEqual(ORDER.toSorted());
  });

  test('dependencies point downward', () => {
    const wrong: string[] = [];
    for (const name of sources) {
      for (const target of imports(name).filter((path) => path.startsWith('.'))) {
        const to = area(relative(root, join(root, dirname(name), target)));
        // `ports` are plain interfaces: the pure step names a record of the log by them.
        if (to === 'ports' && area(name) === 'task') continue;
        if (ORDER.indexOf(to) < ORDER.indexOf(area(name))) wrong.push(`${name} imports ${to}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('the pure core does no I/O and looks at no clock', () => {
    const wrong: string[] = [];
    const forbidden = /\bDate\.now\(|\bMath\.random\(|\bprocess\.(env|cwd|exit|argv|std|hrtime|nextTick|memoryUsage)|\bsetTimeout\(|\bfetch\(|\bnew Date\(\)/;
    for (const name of sources.filter((file) => PURE.includes(area(file)))) {
      if (EDGES.some((edge) => edge.test(name))) continue;
      const code = (text.get(name) ?? '').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      const found = forbidden.exec(code);
      if (found !== null) wrong.push(`${name}: ${found[0]}`);
      for (const target of imports(name)) {
        if (/^(node:(fs|net|http|worker_threads|child_process|timers)|rxjs|ioredis|kafkajs|ws)/.test(target)) {
          wrong.push(`${name}: imports ${target}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test('only commands print', () => {
    const wrong = sources.filter(
      (name) => area(name) !== 'cli' && /\bconsole\.|process\.stdout/.test(text.get(name) ?? ''),
    );
    expect(wrong).toEqual([]);
  });

  test('files have a readable size', () => {
    const long = sources.filter((name) => (text.get(name) ?? '').split('\n').length > LINES_MAX);
    const wide = sources.filter((name) =>
      (text.get(name) ?? '').split('\n').some((line) => line.length > COLUMNS_MAX),
    );
    expect({ long, wide }).toEqual({ long: [], wide: [] });
  });

  test('nothing is left unfinished', () => {
    const marks = /\b(TODO|FIXME|XXX|HACK)\b|@ts-ignore|placeholder until/;
    expect(sources.filter((name) => marks.test(text.get(name) ?? ''))).toEqual([]);
  });

  test('there is no any', () => {
    const wrong = sources.filter((name) => /:\s*any\s*[;,)>\]=|]|\bas any\b|<any>/.test(
      (text.get(name) ?? '').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').replaceAll(/(['"`])(?:(?!\1).)*\1/g, ''),
    ));
    expect(wrong).toEqual([]);
  });
});

describe('one source of truth', () => {
  const all = [...text.values()].join('\n');

  test('every metric stands in the page of the API as it is defined', () => {
    const page = readFileSync(join(root, 'src/api/README.md'), 'utf8');
    const rows = Object.entries(METRICS).map(([name, { kind, labels, help }]) => {
      const names = labels.map((label) => `\`${label}\``).join(', ');
      return `| \`${name}\` | ${kind} | ${names} | ${help} |`;
    });
    expect(rows.filter((row) => !page.includes(row))).toEqual([]);
    expect(page.match(/^\| `parley_/gm)).toHaveLength(rows.length);
  });

  test('every metric is used, and no other is', () => {
    const used = new Set([...all.matchAll(/'(parley_[a-z_]+)'/g)].map(([, name]) => name));
    const defined = Object.keys(METRICS);
    expect([...used].filter((name) => !defined.includes(name ?? ''))).toEqual([]);
    expect(defined.filter((name) => !used.has(name))).toEqual([]);
  });

  test('every error code is used', () => {
    const unused = Object.keys(ERROR_CODES).filter((code) => all.split(code).length < 3);
    expect(unused).toEqual([]);
  });

  test('nothing of this machine or of a registry is named', () => {
    const where = ['src', 'test', 'load', 'patterns'].flatMap((folder) =>
      files(folder, /\.(ts|md|ya?ml|json|mjs|lua|xml|java|properties)$/),
    );
    const wrong = ['README.md', 'package.json', ...where].filter((name) =>
      /\/work\/(main|shared)|\.\.\/shared|\.library|registry\.npmjs|repo1?\.maven\.(apache|org)/.test(
        readFileSync(join(root, name), 'utf8'),
      ) && name !== 'test/tidy.test.ts',
    );
    expect(wrong).toEqual([]);
  });
});
