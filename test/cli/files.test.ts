import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { lint } from '../../src/cli/lint-command.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { testFiles } from '../../src/cli/test-command.ts';

/** `parley lint` and `parley test`: exit codes, lines for people and for programs. */

const folder = mkdtempSync(join(tmpdir(), 'parley-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const square = JSON.stringify({
  type: 'FeatureCollection',
  features: [{
    type: 'Feature', id: 'z1', properties: { name: 'Old Town' },
    geometry: { type: 'Polygon', coordinates: [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]] },
  }],
});
writeFileSync(join(folder, 'zones.geojson'), square);
const config = join(folder, 'parley.yaml.config');
writeFileSync(config, JSON.stringify({
  dataFolder: join(folder, 'data'),
  places: { folder, sets: [{ set: 'own', layers: [{ layer: 'zone', file: 'zones.geojson', fields: { city: 'name' } }] }] },
}));

const segment = (region: string) => `id: in-town
key: user_id
member: {region: '${region}', on: location, within: 1d}
tests:
  - name: comes and goes
    given:
      - {at: 0s, type: location, user_id: u1, lat: 0.5, lon: 0.5}
      - {at: 1h, type: location, user_id: u1, lat: 5, lon: 5}
    expect: [{at: 0s, entered: u1}, {at: 1h, exited: u1}]
`;

function files(contents: Record<string, string>): string[] {
  return Object.entries(contents).map(([name, content]) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  });
}

function recorder(): Terminal & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    lines, interactive: false, note: () => {}, status: () => {}, end: () => {}, paint: (_, text) => text,
    line: (text) => void lines.push(text),
  };
}

test('regions are those of the configured layers', async () => {
  const paths = files({ 'good.segment.yaml': segment('zone:Old Town') });
  const terminal = recorder();
  expect(await testFiles(paths, { config }, terminal)).toBe(0);
  expect(terminal.lines.at(-1)).toBe('1 passed, 0 failed');
  expect(await lint(paths, { config }, recorder())).toBe(0);
});

test('a region that no layer has is an error with its place', async () => {
  const paths = files({ 'bad.segment.yaml': segment('zone:Old Twon') });
  const terminal = recorder();
  expect(await lint(paths, { config }, terminal)).toBe(1);
  expect(terminal.lines[0]).toContain('bad.segment.yaml:3:19: error: inside(event, "zone:Old Twon"): there is no place "zone:Old Twon"; did you mean "zone:Old Town"?');
  expect(terminal.lines.at(-1)).toBe('1 files, 1 errors, 0 warnings');
});

test('with --json every line is an object', async () => {
  const paths = files({
    'one.yaml': 'id: one\nkey: user_id\nwithin: 1h\nsteps: [a, b]\nemit: c\n',
    'two.yaml': 'id: two\nkey: user_id\nwithin: 1h\nstepz: [a, b]\nemit: c\n',
  });
  const terminal = recorder();
  expect(await lint(paths, { config, json: true }, terminal)).toBe(1);
  for (const line of terminal.lines) {
    expect(JSON.parse(line)).toMatchObject({ file: paths[1], code: 'structure' });
  }
  const results = recorder();
  expect(await testFiles(paths, { config, json: true }, results)).toBe(1);
  expect(results.lines.map((line) => JSON.parse(line))).toMatchObject([
    { file: paths[1], name: 'loads', passed: false },
  ]);
});

test('what is not there is told by name', async () => {
  await expect(lint([join(folder, 'nowhere')], { config }, recorder())).rejects.toThrow('nowhere');
});
