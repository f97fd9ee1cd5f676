// Stands in for the pattern checker until it is there.
import { parseDuration } from '../../src/event/duration.ts';
import { compileExpression } from '../../src/expression/compile.ts';
import { compileTemplate } from '../../src/expression/template.ts';
import { STANDARD_FUNCTIONS } from '../../src/expression/functions.ts';
import { EMPTY_CATALOGUE } from '../../src/expression/scope.ts';
import type { CaptureName, PatternDefinition, Step } from '../../src/pattern/definition.ts';

type File = { [field: string]: any };
const ms = (t: any) => (t === undefined || t === null ? null : parseDuration(String(t))!);

export function definitionOf(file: File): PatternDefinition {
  const names: { name: string; list: boolean; types: string[] }[] = [];
  const collect = (s: any, loop: boolean): void => {
    if (typeof s === 'string') return;
    const inner = loop || s.times !== undefined;
    if (s.as !== undefined && names.every((n) => n.name !== s.as)) names.push({ name: s.as, list: inner, types: [] });
    for (const k of ['all', 'any', 'group']) if (s[k]) s[k].forEach((x: any) => collect(x, inner));
    if (s.every) [].concat(s.every).forEach((x: any) => collect(x, inner));
    if (s.not && typeof s.not === 'object' && !Array.isArray(s.not)) collect(s.not, inner);
    if (s.until && typeof s.until === 'object') collect(s.until, loop);
  };
  file.steps.forEach((s: any) => collect(s, false));
  const cel = (text: string, own?: string) => {
    const ownName = names.find((n) => n.name === own);
    const single = ownName !== undefined && !ownName.list;
    const c = compileExpression(text, {
      event: [], eventNames: single ? [own!] : [],
      names: names.map((n, slot) => ({ name: n.name, list: n.list, slot, types: n.types })).filter((n) => !(single && n.name === own)),
      catalogue: EMPTY_CATALOGUE, functions: STANDARD_FUNCTIONS,
    });
    if ('problem' in c) throw new Error(`${text}: ${c.problem.message}`);
    return c.expression;
  };
  const slotOf = (n: any) => (n === undefined ? null : names.findIndex((x) => x.name === n));
  const step = (s: any, path: string): Step => {
    if (typeof s === 'string') s = { on: s };
    if (Array.isArray(s)) s = { on: s };
    let t: any = null;
    let optional = s.optional === true;
    if (s.times !== undefined) {
      const m = /^(\d+)(?:\.\.(\d+)|(\+))?$/.exec(String(s.times))!;
      if (!m) throw new Error('times');
      t = { min: Number(m[1]), max: m[3] ? null : m[2] ? Number(m[2]) : Number(m[1]) };
      if (t.min === 0 && !(s.until && typeof s.until === 'object')) { t.min = 1; optional = true; }
    }
    const m = {
      path, contiguity: s.contiguity ?? 'relaxed', times: t, inner: s.inner ?? 'relaxed', greedy: s.greedy === true,
      gap: ms(s.gap), distinct: s.distinct ?? null,
      until: s.until === undefined ? null : typeof s.until === 'string' && /[^\w]/.test(s.until) ? { kind: 'condition' as const, where: cel(s.until, s.as) } : { kind: 'step' as const, step: step(s.until, path + '.until') },
      optional, span: ms(s.span), within: ms(s.within), atMost: s.atMost ?? null,
    };
    const where = s.where === undefined ? null : cel(s.where, s.as);
    const many = (xs: any, k: string) => [].concat(xs).map((x: any, i: number) => step(x, `${path}.${k}[${i}]`));
    if (s.on) return { ...m, kind: 'on', types: [].concat(s.on), where, slot: slotOf(s.as) };
    if (s.not) {
      const plain = typeof s.not === 'string' || Array.isArray(s.not);
      const of = step(plain ? { on: s.not, where: s.where } : s.not, path + '.not');
      return { ...m, kind: 'not', of, for: ms(s.for), else: s.else ?? 'fail' };
    }
    if (s.all) return { ...m, kind: 'all', of: many(s.all, 'all') };
    if (s.any) return { ...m, kind: 'any', of: many(s.any, 'any'), slot: slotOf(s.as) };
    if (s.group) return { ...m, kind: 'group', of: many(s.group, 'group') };
    if (s.every) return { ...m, kind: 'every', of: many(s.every, 'every') };
    if (s.wait) return { ...m, kind: 'wait', for: ms(s.wait)! };
    throw new Error(JSON.stringify(s));
  };
  const emissions = (e: any) => (e === undefined ? [] : [].concat(e)).map((x: any) => {
    const o = typeof x === 'string' ? { type: x } : x;
    const tpl = (text: any) => {
      const c = compileTemplate(text, { event: null, eventNames: [], names: names.map((n, slot) => ({ ...n, slot })), catalogue: EMPTY_CATALOGUE, functions: STANDARD_FUNCTIONS } as any) as any;
      if (c.template === undefined) throw new Error(JSON.stringify(c));
      return c.template;
    };
    return { type: o.type, key: null, data: Object.fromEntries(Object.entries(o.data ?? {}).map(([k, v]) => [k, tpl(v)])), recipient: null, locale: null, expiresAfter: null, atMost: null, quietHours: null };
  });
  const sk = file.skip ?? 'first-wins';
  const skip: any = typeof sk === 'string' ? { strategy: sk } : 'to-first' in sk
    ? { strategy: 'to-first', step: slotOf(sk['to-first']), orError: sk.else === 'error' }
    : { strategy: 'to-last', step: slotOf(sk['to-last']), orError: sk.else === 'error' };
  return {
    kind: 'pattern', id: file.id, version: 1, description: null, digest: '0123456789abcdef', key: file.key === 'none' ? null : file.key,
    within: ms(file.within), starts: { mode: file.starts ?? 'any' }, skip: file.starts === 'once' ? { strategy: 'none' } : skip, among: [].concat(file.among ?? []),
    steps: file.steps.map((s: any, i: number) => step(s, `steps[${i}]`)), names: names as CaptureName[],
    emit: emissions(file.emit), timeout: emissions(file.timeout),
    limits: { runs: 64, bytes: 65536, idle: 30 * 86_400_000, ...file.limits }, mode: 'live', change: { mode: 'finish' }, holdout: 0,
  };
}
