import type { Terminal } from './terminal.ts';

/** The record of a channel, as far as a line on the terminal needs it. */
export interface ShownRecord {
  readonly type?: string;
  readonly time?: string;
  readonly subject?: string;
  readonly data?: { readonly [field: string]: unknown };
  readonly evidence?: readonly { readonly type: string }[];
}

const TYPE_WIDTH = 24;

/** One line for a derived record: event time, type, key, data. */
export function derivedLine(record: ShownRecord, terminal: Terminal): string {
  const time = terminal.paint('dim', clockTime(record.time));
  const type = terminal.paint(['bold', 'green'], (record.type ?? '?').padEnd(TYPE_WIDTH));
  const more = terminal.paint('dim', fields(record.data) || taken(record.evidence));
  return `${time}  ${type} ${record.subject ?? ''} ${more}`;
}

/** One line for a member who entered or left a segment. */
export function segmentLine(record: ShownRecord, terminal: Terminal): string {
  const time = terminal.paint('dim', clockTime(record.time));
  const { segment, member, change } = record.data ?? {};
  const entered = change === 'entered';
  const arrow = terminal.paint(
    entered ? 'cyan' : 'yellow',
    (entered ? '→ entered' : '← exited').padEnd(TYPE_WIDTH),
  );
  return `${time}  ${arrow} ${String(member)} ${terminal.paint('dim', String(segment))}`;
}

function clockTime(iso: string | undefined): string {
  return iso === undefined ? '' : iso.slice(0, 19).replace('T', ' ');
}

function fields(data: ShownRecord['data']): string {
  return Object.entries(data ?? {})
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' · ');
}

/** What a match took, where it says nothing else. */
function taken(evidence: ShownRecord['evidence']): string {
  return (evidence ?? []).map(({ type }) => type).join(' → ');
}

/** 1234567 as `1,234,567`. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}
