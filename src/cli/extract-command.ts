import { explainExtraction } from '../intent/extract.ts';
import { DONE, INVALID_USE } from './exit.ts';
import type { ExtractFlags } from './program.ts';
import type { Terminal } from './terminal.ts';

/** Prints what is read from one chat message. */
export function extract(flags: ExtractFlags, terminal: Terminal): number {
  const at = flags.at === undefined ? Date.now() : Date.parse(flags.at);
  if (Number.isNaN(at)) {
    terminal.note(`--at ${flags.at}: write the time as 2026-11-23T10:00:00Z`);
    return INVALID_USE;
  }
  const found = explainExtraction(flags.text, {
    at,
    ...(flags.lang === undefined ? {} : { language: flags.lang }),
    ...(flags.zone === undefined ? {} : { zone: flags.zone }),
    ...(flags.country === undefined ? {} : { country: flags.country }),
    ...(flags.price === undefined ? {} : { listingPrice: flags.price }),
  });
  if (flags.json === true) {
    terminal.line(JSON.stringify(found));
    return DONE;
  }
  terminal.line(`language ${found.language}, zone ${found.zone}`);
  for (const mention of found.mentions) {
    const { kind, start, end, ...rest } = mention;
    terminal.line(`${kind.padEnd(6)} ${JSON.stringify(flags.text.slice(start, end))} ${JSON.stringify(rest)}`);
  }
  terminal.line(`cues    ${found.cues.join(', ') || 'none'}`);
  const likely = found.chances.filter(({ chance }) => chance >= 0.05);
  terminal.line(`model   ${likely.map(({ head, chance }) => `${head} ${chance.toFixed(2)}`).join(', ')}`);
  for (const { type, confidence, properties } of found.intents) {
    const head = terminal.paint(['bold', 'green'], type.padEnd(24));
    terminal.line(`${head} ${confidence.toFixed(2)} ${JSON.stringify(properties)}`);
  }
  if (found.intents.length === 0) terminal.line('no intent');
  return DONE;
}
