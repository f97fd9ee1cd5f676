/**
 * Reads the plain YAML that most files are written in, five times as fast as the library: maps and
 * lists in block or flow style, keys that are words, scalars on one line. Gives what the library
 * gives, or null where anything is less plain than that: then the library reads the file, and says
 * what is wrong with it. Positions always come from the library.
 */
export function plainYaml(source: string): Record<string, unknown> | null {
  if (UNUSUAL.test(source)) return null;
  try {
    return new PlainReader(source).document();
  } catch (error) {
    if (error === NOT_PLAIN) return null;
    throw error;
  }
}

/** Tabs, carriage returns, control and paired characters; markers of documents; directives. */
const UNUSUAL = /[^\n\x20-\x7e\u00a1-\ud7ff\uf900-\ufefe\uff01-\ufffd]|^(?:---|\.\.\.|%)|[\u2028\u2029]/m;
const NOT_PLAIN = Symbol('not plain');

const KEY = /([A-Za-z_][\w-]{0,63}):(?=[ \n]|$)/y;
const DOUBLE_QUOTED = /"(?:[^"\\\n]|\\["\\/nt])*"/y;
const SINGLE_QUOTED = /'((?:[^'\n]|'')*)'/y;
const BLOCK_TEXT = /[^\n#:]*(?:(?:(?<! )#|:(?![ \n]|$))[^\n#:]*)*/y;
const FLOW_TEXT = /[^\n#:,[\]{}]*(?:(?:(?<! )#|:(?![ \n,[\]{}]|$))[^\n#:,[\]{}]*)*/y;
const TEXT_BEGINS = /[A-Za-z0-9_$(/.+\u00a1-\uffff]|-[A-Za-z0-9.]/y;
const NUMBER = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const DEPTH_MAX = 40;
/** Above it, what reads whole numbers and what reads fractions may round differently. */
const DIGITS_MAX = 15;

class PlainReader {
  private readonly source: string;
  private at = 0;
  private depth = 0;

  constructor(source: string) {
    this.source = source;
  }

  document(): Record<string, unknown> {
    if (this.nextLine() !== 0) throw NOT_PLAIN;
    const map = this.map(0);
    if (this.at < this.source.length) throw NOT_PLAIN;
    return map;
  }

  /** To the next line with something on it; its indent, or -1 at the end. */
  private nextLine(): number {
    const { source } = this;
    for (;;) {
      const begin = this.at;
      this.spaces();
      const next = source[this.at];
      if (next === undefined) return -1;
      if (next === '#') this.at = this.endOfLine();
      else if (next !== '\n') return this.at - begin;
      this.at++;
      if (this.at > source.length) this.at = source.length;
    }
  }

  private endOfLine(): number {
    const end = this.source.indexOf('\n', this.at);
    return end === -1 ? this.source.length : end;
  }

  private spaces(): void {
    while (this.source.charCodeAt(this.at) === 32) this.at++;
  }

  /** Whether nothing but a comment follows on the line; then its end is passed. */
  private lineEnds(): boolean {
    const begin = this.at;
    this.spaces();
    const next = this.source[this.at];
    if (next === '#' ? this.at === begin : next !== '\n' && next !== undefined) return false;
    this.at = Math.min(this.endOfLine() + 1, this.source.length);
    return true;
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.source);
    if (found !== null) this.at = pattern.lastIndex;
    return found;
  }

  private isItem(): boolean {
    const { source, at } = this;
    return source[at] === '-' && (source[at + 1] === ' ' || source[at + 1] === '\n');
  }

  private block(indent: number): unknown {
    return this.isItem() ? this.list(indent) : this.map(indent);
  }

  /** Stands at its first key, in column `indent`. */
  private map(indent: number): Record<string, unknown> {
    if (++this.depth > DEPTH_MAX) throw NOT_PLAIN;
    const map: Record<string, unknown> = {};
    for (let next = indent; next === indent && !this.isItem();) {
      const key = this.key(map);
      this.spaces();
      if (!this.lineEnds()) {
        map[key] = this.value(indent);
        if (!this.lineEnds()) throw NOT_PLAIN;
        next = this.nextLine();
      } else {
        next = this.nextLine();
        const nested = next > indent || (next === indent && this.isItem());
        map[key] = nested ? this.block(next) : null;
        if (nested) next = this.column();
      }
      if (next > indent) throw NOT_PLAIN;
    }
    this.depth--;
    return map;
  }

  /** Stands at its first `- `, in column `indent`. */
  private list(indent: number): unknown[] {
    if (++this.depth > DEPTH_MAX) throw NOT_PLAIN;
    const list: unknown[] = [];
    for (let next = indent; next === indent && this.isItem();) {
      this.at++;
      if (this.lineEnds()) {
        next = this.nextLine();
        if (next <= indent) throw NOT_PLAIN;
        list.push(this.block(next));
        next = this.column();
      } else {
        this.spaces();
        KEY.lastIndex = this.at;
        if (this.isItem()) throw NOT_PLAIN;
        if (KEY.test(this.source)) {
          list.push(this.map(this.column()));
          next = this.column();
        } else {
          list.push(this.value(indent));
          if (!this.lineEnds()) throw NOT_PLAIN;
          next = this.nextLine();
        }
      }
      if (next > indent) throw NOT_PLAIN;
    }
    this.depth--;
    return list;
  }

  /** Column of where it stands; -1 at the end. */
  private column(): number {
    if (this.at >= this.source.length) return -1;
    return this.at - (this.source.lastIndexOf('\n', this.at - 1) + 1);
  }

  private key(map: Record<string, unknown>): string {
    const key = this.match(KEY)?.[1];
    if (key === undefined || key === '__proto__' || Object.hasOwn(map, key)) throw NOT_PLAIN;
    return key;
  }

  /** A value on the line of its key, inside a block at `indent`. */
  private value(indent: number): unknown {
    return this.flow(indent) ?? this.scalar(BLOCK_TEXT);
  }

  /** Null where there is no flow collection. */
  private flow(indent: number): object | null {
    switch (this.source[this.at]) {
      case '{':
        return this.flowMap(indent);
      case '[':
        return this.flowList(indent);
      default:
        return null;
    }
  }

  private flowMap(indent: number): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    this.items('}', indent, () => {
      const key = this.key(map);
      this.flowSpace(indent);
      map[key] = this.flow(indent) ?? this.scalar(FLOW_TEXT);
    });
    return map;
  }

  private flowList(indent: number): unknown[] {
    const list: unknown[] = [];
    this.items(']', indent, () => list.push(this.flow(indent) ?? this.scalar(FLOW_TEXT)));
    return list;
  }

  private items(close: string, indent: number, item: () => void): void {
    if (++this.depth > DEPTH_MAX) throw NOT_PLAIN;
    this.at++;
    this.flowSpace(indent);
    while (this.source[this.at] !== close) {
      item();
      this.flowSpace(indent);
      if (this.source[this.at] === close) break;
      if (this.source[this.at] !== ',') throw NOT_PLAIN;
      this.at++;
      this.flowSpace(indent);
      if (this.source[this.at] === close) throw NOT_PLAIN;
    }
    this.at++;
    this.depth--;
  }

  /** A flow collection goes on in lines that stand deeper than the block around it. */
  private flowSpace(indent: number): void {
    this.spaces();
    while (this.source[this.at] === '\n') {
      this.at++;
      const begin = this.at;
      this.spaces();
      if (this.source[this.at] !== '\n' && this.at - begin <= indent) throw NOT_PLAIN;
    }
  }

  private scalar(text: RegExp): unknown {
    const first = this.source[this.at];
    if (first === '"') {
      const found = this.match(DOUBLE_QUOTED)?.[0];
      if (found === undefined) throw NOT_PLAIN;
      return found.includes('\\') ? (JSON.parse(found) as string) : found.slice(1, -1);
    }
    if (first === "'") {
      const found = this.match(SINGLE_QUOTED)?.[1];
      if (found === undefined) throw NOT_PLAIN;
      return found.replaceAll("''", "'");
    }
    TEXT_BEGINS.lastIndex = this.at;
    if (!TEXT_BEGINS.test(this.source)) throw NOT_PLAIN;
    const begin = this.at;
    const found = (this.match(text)?.[0] ?? '').trimEnd();
    this.at = begin + found.length;
    return resolved(found);
  }
}

/** What a scalar without quotes is, by the core schema of YAML 1.2. */
function resolved(text: string): unknown {
  switch (text) {
    case 'true':
      return true;
    case 'false':
      return false;
    case 'null':
      return null;
  }
  if (/^(?:null|true|false)$/i.test(text) || /^(?:0[ox]|[-+]?\.[a-z])/i.test(text)) throw NOT_PLAIN;
  if (!NUMBER.test(text)) return text;
  if (text.length > DIGITS_MAX) throw NOT_PLAIN;
  return Number.parseFloat(text);
}
