import { constructFromEvents, EVENT_ID, parseEvents } from 'js-yaml';
import type { Event } from 'js-yaml';

/**
 * Data of a file by the fast of two libraries, which knows no positions; null where anything is
 * wrong or unusual, so that the two could differ: then the other one reads the file, and says what.
 */
export function plainYaml(source: string): Record<string, unknown> | null {
  if (UNUSUAL.test(source)) return null;
  try {
    const events = parseEvents(source, { maxDepth: DEPTH_MAX });
    if (!events.every(isPlain)) return null;
    const [data, ...more] = constructFromEvents(events, { source });
    const isOne = more.length === 0 && typeof data === 'object' && !Array.isArray(data);
    return isOne && hasPlainKeys(data) ? (data as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Deepest nesting. */
const DEPTH_MAX = 40;

/** Tabs, control and paired characters; markers of documents; directives; numbers out of range. */
const UNUSUAL =
  /[^\n\x20-\x7e\u00a1-\ud7ff\uf900-\ufefe\uff01-\ufffd]|^(?:---|\.\.\.|%)|[\u2028\u2029]|\d{16}|\d\.?[eE][-+]?\d{3}/m;

/** No anchor, no alias, no tag. */
function isPlain(event: Event): boolean {
  if (event.type === EVENT_ID.ALIAS) return false;
  if (!('anchorStart' in event)) return true;
  return event.anchorStart < 0 && event.tagStart < 0;
}

/** Keys that are names and nothing else: not what YAML reads as null, true, a number or a merge. */
const PLAIN_KEY = /^(?!(?:null|true|false|Infinity|NaN)$)[a-z_][\w-]*$/i;

function hasPlainKeys(data: unknown): boolean {
  if (typeof data !== 'object' || data === null) return true;
  if (Array.isArray(data)) return data.every(hasPlainKeys);
  return Object.entries(data).every(
    ([key, value]) => PLAIN_KEY.test(key) && key !== '__proto__' && hasPlainKeys(value),
  );
}
