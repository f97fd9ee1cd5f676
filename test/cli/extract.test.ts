import { expect, test } from 'vitest';
import { extract } from '../../src/cli/extract-command.ts';
import type { Terminal } from '../../src/cli/terminal.ts';

/** `parley extract`: what is found in a message, and why. */

function run(flags: Parameters<typeof extract>[0]): { readonly code: number; readonly lines: string[] } {
  const lines: string[] = [];
  const terminal: Terminal = {
    interactive: false, status: () => {}, end: () => {}, paint: (_, text) => text,
    note: (text) => void lines.push(text), line: (text) => void lines.push(text),
  };
  return { code: extract(flags, terminal), lines };
}

test('shows mentions, cues, chances and intents of a text', () => {
  const { code, lines } = run({
    text: 'quedamos mañana a las 6?', lang: 'es', at: '2026-11-23T10:00:00Z',
  });
  expect(code).toBe(0);
  expect(lines[0]).toBe('language es, zone Europe/Madrid');
  expect(lines[1]).toContain('"mañana a las 6"');
  expect(lines.find((line) => line.startsWith('cues'))).toContain('meet');
  expect(lines.find((line) => line.startsWith('model'))).toContain('meeting_proposal');
  expect(lines.at(-1)).toContain('"date_local":"2026-11-24T18:00"');
});

test('gives one object with --json, the listing price as context', () => {
  const { lines } = run({
    text: '160?', lang: 'en', at: '2026-11-23T10:00:00Z', price: 200, json: true,
  });
  const found = JSON.parse(lines[0] ?? '') as { intents: { type: string; properties: object }[] };
  expect(found.intents.map(({ type }) => type)).toContain('price_offer');
  expect(found.intents[0]?.properties).toMatchObject({ amount: 160, currency: 'USD' });
});

test('says what is wrong with a time it cannot read', () => {
  const { code, lines } = run({ text: 'hi', at: 'soon' });
  expect(code).not.toBe(0);
  expect(lines[0]).toContain('2026-11-23T10:00:00Z');
});
