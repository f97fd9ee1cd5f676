/** Names of people that are months or weekdays too: "June said", "mi amigo Julio", "Eylül Hanım". */
import { as, type Atom } from './atom.ts';

/** Words that a name follows. */
const BEFORE: ReadonlySet<string> = new Set((
  'ask tell named mr mrs ms miss friend brother sister wife husband daughter son cousin boss neighbor '
  + 'amigo amiga hermano hermana hijo hija primo prima marido novio novia jefe jefa vecino vecina senor '
  + 'senora don dona llama llamo llamas preguntale dile '
  + 'adim ismim kizim oglum kardesim arkadasim esim abim ablam komsum patronum annem babam'
).split(' '));

/** What people do, and how a Turkish name is addressed. */
const AFTER: ReadonlySet<string> = new Set((
  'said says told asked texted wrote messaged replied answered sold bought sent has had wants '
  + 'dijo dice escribio llamo pregunto contesto respondio vendio compro tiene quiere '
  + 'hanim bey abla abi hoca teyze amca dedi aradi yazdi sordu satti aldi gonderdi istiyor satiyor'
).split(' '));

/** Weekdays that people are called too. */
const WEEKDAYS: ReadonlySet<string> = new Set(['domingo', 'cuma']);

/** Words between a name and what it does: "julio me dijo". */
const BETWEEN: ReadonlySet<string> = new Set(['me', 'te', 'nos', 'just', 'already', 'ya', 'a', 'bana', 'sana']);

/** Whether the words beside a month or a weekday make it somebody's name. */
export function isPerson(atoms: readonly Atom[], i: number): boolean {
  const isDay = as(atoms[i], 'weekday') !== null;
  if (isDay && !isAmong(WEEKDAYS, atoms[i])) return false;
  if (isAmong(BEFORE, atoms[i - 1])) return true;
  // "pregúntale a abril"
  if (isAmong(BETWEEN, atoms[i - 1]) && isAmong(BEFORE, atoms[i - 2])) return true;
  return isAmong(AFTER, atoms[isAmong(BETWEEN, atoms[i + 1]) ? i + 2 : i + 1]);
}

function isAmong(words: ReadonlySet<string>, atom: Atom | undefined): boolean {
  return atom !== undefined && words.has(atom.text);
}
