import { Command, InvalidArgumentError, Option } from 'commander';
import { INVALID_USE } from '../src/cli/exit.ts';

/** One option of a command here: how it is written, and what it is where nobody names it. */
export interface Setting<T> {
  /** Placeholder of its value in the help; null where it takes none. */
  readonly placeholder: string | null;
  readonly about: string;
  readonly fallback: T;
  readonly read: (text: string) => T;
}

/** A number that is `least` or more. */
export function number<T extends number | null>(
  fallback: T,
  about: string,
  least = 0,
): Setting<number | T> {
  const read = (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= least) || value === Infinity) {
      throw new InvalidArgumentError(`A number of ${least} and more is needed.`);
    }
    return value;
  };
  return { placeholder: 'n', about, fallback, read };
}

/** A text that may be left out. */
export function text(placeholder: string, about: string): Setting<string | null> {
  return { placeholder, about, fallback: null, read: (given) => given };
}

/** Off until it is named; `fallback` true: on until it is named, as `--no-...`. */
export function flag(about: string, fallback = false): Setting<boolean> {
  return { placeholder: null, about, fallback, read: () => !fallback };
}

type Settings = { readonly [name: string]: Setting<unknown> };
type Values<S extends Settings> = {
  readonly [Name in keyof S]: S[Name] extends Setting<infer T> ? T : never;
};

/** What stands on a command line beside options, in this order; `fallback` where it may be left out. */
export interface Operand {
  readonly name: string;
  readonly about: string;
  readonly fallback?: string;
}

/**
 * Reads the command line of this process, of a command beside `parley`. `--help` prints what there is and ends; a mistake is told
 * in one line, with exit code 2.
 * @param name How the command is called, up to its options.
 * @param settings By name, in camel case.
 */
export function readCommandLine<const S extends Settings>(
  name: string,
  about: string,
  settings: S,
  operands: readonly Operand[] = [],
): { readonly options: Values<S>; readonly operands: readonly string[] } {
  const command = new Command(name)
    .description(about)
    .helpOption('-h, --help', 'print this')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : INVALID_USE));
  for (const [key, { placeholder, about, fallback, read }] of Object.entries(settings)) {
    const kebab = key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const flags = `--${fallback === true ? 'no-' : ''}${kebab}`;
    const option = new Option(placeholder === null ? flags : `${flags} <${placeholder}>`, about);
    if (placeholder !== null) option.argParser(read);
    if (placeholder !== null && fallback !== null) option.default(fallback);
    command.addOption(option);
  }
  for (const { name, about, fallback } of operands) {
    command.argument(fallback === undefined ? `<${name}>` : `[${name}]`, about, fallback);
  }
  command.parse();
  const given = command.opts();
  const options = Object.fromEntries(
    Object.entries(settings).map(([key, { fallback }]) => [key, given[key] ?? fallback]),
  ) as Values<S>;
  return { options, operands: command.processedArgs as string[] };
}
