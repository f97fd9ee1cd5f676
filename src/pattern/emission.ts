import type { Json } from '../event/event.ts';
import { isZone } from '../expression/functions/time.ts';
import type { Scope } from '../expression/scope.ts';
import type { Template } from '../expression/expression.ts';
import type { CheckContext } from './check-context.ts';
import type { AtMost, Emission, QuietHours } from './definition.ts';
import type { Path } from './problems.ts';
import type { EmissionSource, PatternSource } from './schema.ts';
import { milliseconds } from './steps.ts';

/** What is emitted: `emit` and `timeout`. */

export function buildEmissions(
  context: CheckContext,
  source: PatternSource['emit'] | undefined,
  scope: Scope,
  word: 'emit' | 'timeout',
): Emission[] {
  if (source === undefined) return [];
  const list = Array.isArray(source) ? source : [source];
  const seen = new Set<string>();
  return list.map((entry, i) => {
    const path: Path = Array.isArray(source) ? [word, i] : [word];
    const emission = buildEmission(
      context,
      typeof entry === 'string' ? { type: entry } : entry,
      scope,
      path,
    );
    if (seen.has(emission.type)) {
      const message = `"${emission.type}" is emitted twice; each entry has a type of its own.`;
      context.report({ code: 'combination', path, message });
    }
    seen.add(emission.type);
    return emission;
  });
}

function buildEmission(
  context: CheckContext,
  source: EmissionSource,
  scope: Scope,
  path: Path,
): Emission {
  const compile = (text: Json, at: Path): Template | null => {
    notPlain(context, text, scope, at);
    return context.template(text, scope, at);
  };
  const template = (word: 'key' | 'recipient' | 'locale'): Template | null => {
    const text = source[word];
    return text === undefined ? null : compile(text, [...path, word]);
  };
  const data: Record<string, Template> = {};
  for (const [field, value] of Object.entries(source.data ?? {})) {
    const compiled = compile(value, [...path, 'data', field]);
    if (compiled) data[field] = compiled;
  }
  return {
    type: source.type,
    key: template('key'),
    data,
    recipient: template('recipient'),
    locale: template('locale'),
    expiresAfter: milliseconds(source.expires),
    atMost: atMost(context, source, scope, [...path, 'atMost']),
    quietHours: quietHours(context, source, scope, [...path, 'quietHours']),
  };
}

/** `offer.amount` where `${offer.amount}` is meant: text is emitted as it stands. */
function notPlain(context: CheckContext, text: Json, scope: Scope, path: Path): void {
  const read = typeof text === 'string' ? /^\$?\{?((\w+)\.\w+)\}?$/.exec(text) : null;
  if (read === null || !scope.names.some(({ name }) => name === read[2])) return;
  if ((text as string).startsWith('${')) return;
  const message = `This is emitted as it stands: the text ${JSON.stringify(text)}.`;
  const fix = `For what was taken write "\${${read[1]}}".`;
  context.report({ code: 'expression', path, message, fix, severity: 'warning' });
}

function atMost(
  context: CheckContext,
  { atMost: source }: EmissionSource,
  scope: Scope,
  path: Path,
): AtMost | null {
  if (!source) return null;
  const by = source.by === undefined ? null : context.template(source.by, scope, [...path, 'by']);
  return { times: source.times, per: milliseconds(source.per), by };
}

function minutes(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
}

function quietHours(
  context: CheckContext,
  { quietHours: source }: EmissionSource,
  scope: Scope,
  path: Path,
): QuietHours | null {
  if (!source) return null;
  const zone = context.template(source.zone, scope, [...path, 'zone']);
  if (!source.zone.includes('${') && !isZone(source.zone)) {
    const message = `"${source.zone}" is not an IANA time zone.`;
    const fix = 'Write one such as America/Detroit, or a field: ${opening.zone}.';
    context.report({ code: 'structure', path: [...path, 'zone'], message, fix });
  }
  const from = minutes(source.from);
  const to = minutes(source.to);
  if (from === to) {
    const message = 'Quiet hours that end when they begin are none.';
    context.report({ code: 'combination', path: [...path, 'to'], message });
  }
  // oxlint-disable-next-line unicorn/no-thenable -- a word of the language, never a function
  return zone ? { from, to, zone, then: source.then ?? 'hold' } : null;
}
