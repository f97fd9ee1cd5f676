import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { pairByOverlap, Tally } from '../../load/score-intents/figures.ts';
import type { CurrencyCase, DatetimeCase, NegotiationGold } from '../../load/score-intents/gold.ts';
import { scoreDeal } from '../../load/score-intents/score-acts.ts';
import { scoreCurrency, scoreDatetime } from '../../load/score-intents/score-values.ts';
import { scoreTask } from '../../load/score-intents/tasks.ts';
import { fit, type Example } from '../../load/train-intents-fit.ts';
import { Features } from '../../src/intent/acts-features.ts';
import weightFile from '../../src/intent/data/act-weights.json' with { type: 'json' };
import { HEADS } from '../../src/intent/heads.ts';
import { chanceOf, readModel, scoreHeads } from '../../src/intent/model.ts';

const DATA = fileURLToPath(new URL('../../src/intent/data', import.meta.url));

describe('counting', () => {
  it('gives precision, recall and F1', () => {
    const tally = new Tally();
    tally.add('all', 'act', 3, 4, 6);
    expect(tally.scores('t', 1).groups['all']?.['act']).toEqual({ p: 0.5, r: 0.75, f1: 0.6, gold: 4, pred: 6 });
  });

  it('pairs each gold span with the prediction that overlaps it most, once', () => {
    const gold = [{ start: 0, end: 4 }, { start: 4, end: 8 }];
    const wide = { start: 3, end: 8 };
    const { pairs, extra } = pairByOverlap(gold, [wide, { start: 20, end: 21 }]);
    // In order of the gold, so the first takes it.
    expect(pairs[0]?.[1]).toBe(wide);
    expect(pairs[1]?.[1]).toBeNull();
    expect(extra).toHaveLength(1);
  });

  it('a time is right at the grain of the gold, a false alarm counts where all is marked', () => {
    const base = { lang: 'en' as const, source: 'X y', text: 't' };
    const gold: DatetimeCase[] = [
      { ...base, id: 'a', expected: [{ start: 0, end: 3, text: 't', kind: 'date', values: [{ start: '2026-01-02' }] }] },
      { ...base, id: 'b', expected: [] },
    ];
    const spans = [{ start: 1, end: 5, date: '2026-01-02', time: '07:00' }];
    const scores = scoreDatetime(gold, new Map([['a', { id: 'a', spans }], ['b', { id: 'b', spans }]]));
    expect(scores.groups['all']?.['value']).toMatchObject({ p: 0.5, r: 1 });
    expect(scores.groups['all']?.['exact_span']?.r).toBe(0);
    expect(scores.accuracy['no_false_alarm']).toEqual({ accuracy: 0, n: 1 });
  });

  it('a bare dollar sign is right as any dollar, a code only as itself', () => {
    const expected = { start: 0, end: 2, text: '$5', amount: 5, market: true };
    const one = (currency: string | null, symbol: string | null): CurrencyCase => ({
      id: 'a', lang: 'en', source: 'X', text: '$5', expected: [{ ...expected, currency, symbol_class: symbol }],
    });
    const value = (gold: CurrencyCase, currency: string): number | null | undefined =>
      scoreCurrency([gold], new Map([['a', { id: 'a', spans: [{ start: 0, end: 2, amount: 5, currency }] }]]))
        .groups['market']?.['value']?.f1;
    expect(value(one(null, '$'), 'MXN')).toBe(1);
    expect(value(one(null, '$'), 'EUR')).toBe(0);
    expect(value(one('EUR', null), 'USD')).toBe(0);
  });

  it('a deal is right within half a unit, quits do not count', () => {
    const gold = (id: string, price: number | null): NegotiationGold => ({
      id, category: 'bike', listing_price: 100, currency: 'USD', turns: [],
      outcome: { agreed: price !== null, price, price_in_text: price !== null },
    });
    const scores = scoreDeal([gold('a', 80), gold('b', 90), gold('c', null)], new Map([
      ['a', { id: 'a', price: 80.4 }], ['b', { id: 'b', price: 91 }], ['c', { id: 'c', price: 1 }],
    ]));
    expect(scores.accuracy['price_in_text']).toEqual({ accuracy: 0.5, n: 2 });
  });
});

describe('the model', () => {
  const yes = HEADS.indexOf('accept');
  const features = (...words: number[]): Uint32Array => {
    const made = new Features();
    for (const word of words) made.add(1, word);
    return made.ids.slice(0, made.count);
  };
  const example = (label: number, ...words: number[]): Example => ({
    features: features(...words), weight: 1, labels: Int8Array.from(HEADS, (_, head) => (head === yes ? label : -1)),
  });
  const chance = (file: ReturnType<typeof fit>, ids: Uint32Array): number => {
    const made = new Features();
    made.ids.set(ids);
    made.count = ids.length;
    const out = new Float64Array(HEADS.length);
    scoreHeads(readModel(file), made, out);
    return chanceOf(out[yes] ?? 0);
  };
  const examples = Array.from({ length: 40 }, (_, at) => (at % 2 === 0 ? example(1, 5, 9) : example(0, 6, 9)));

  it('learns what tells the examples apart, the same way every time', () => {
    const file = fit(examples, null);
    expect(chance(file, features(5, 9))).toBeGreaterThan(0.55);
    expect(chance(file, features(6, 9))).toBeLessThan(0.45);
    expect(fit(examples, null)).toEqual(file);
  });

  it('refuses weights of other heads, and says what to do', () => {
    const file = { ...fit([], null), heads: ['accept'] };
    expect(() => readModel(file)).toThrow('npm run train:intents');
  });

  it('was trained on the labelled files as they are', () => {
    const { from } = weightFile.provenance;
    expect(from.length).toBeGreaterThan(5);
    for (const { file, sha256 } of from) {
      const now = createHash('sha256').update(readFileSync(`${DATA}/${file}`)).digest('hex');
      expect(`${file} ${now.slice(0, 16)}`).toBe(`${file} ${sha256}`);
    }
  });

  it('was not trained on the held-out chat', () => {
    expect(weightFile.provenance.from.filter(({ file }) => file.includes('held'))).toEqual([]);
  });
});

describe('npm run score:intents', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-scores-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('scores any folder of files of the schema: one object of task to score with --json', () => {
    for (const name of readdirSync(`${DATA}/evaluation`)) {
      if (!name.endsWith('.jsonl')) continue;
      const lines = readFileSync(`${DATA}/evaluation/${name}`, 'utf8').split('\n').slice(0, 20);
      writeFileSync(join(folder, name.replace('.jsonl', '-mine.jsonl')), lines.join('\n'));
    }
    const main = fileURLToPath(new URL('../../load/score-intents/main.ts', import.meta.url));
    const printed = execFileSync(process.execPath, [main, folder, '--json'], { encoding: 'utf8' });
    const scores = JSON.parse(printed) as Record<string, { task: string; n: number }>;
    expect(Object.keys(scores).sort()).toEqual([
      'acts', 'currency', 'datetime', 'deal', 'questions', 'sgd', 'smcalflow', 'xsid',
    ]);
    for (const [task, score] of Object.entries(scores)) expect(score).toMatchObject({ task, n: 20 });
  });
});

describe('the shipped extractor on texts it was not trained on', () => {
  const model = readModel(weightFile);

  it('knows the price of a deal', () => {
    const deal = scoreTask(`${DATA}/evaluation`, 'deal', () => model);
    expect(deal?.accuracy['price_in_text']?.accuracy).toBeGreaterThan(0.95);
  });

  it('understands held-out chat in Spanish and Turkish', () => {
    const chat = scoreTask(`${DATA}/chat`, 'chat', () => model);
    for (const language of ['es', 'tr']) {
      expect(chat?.groups[`price_offer/${language}/held`]?.['act']?.f1).toBeGreaterThan(0.9);
      expect(chat?.groups[`micro/${language}/held`]?.['act']?.f1).toBeGreaterThan(0.8);
    }
  });
});
