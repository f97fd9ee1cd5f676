/**
 * Every error code of Parley in one table: what happened in general, and what to do about it.
 * The message of an error says what happened in this case.
 */
export const ERROR_CODES = {
  PARLEY_CONFIG_INVALID: 'The configuration has a mistake. Correct the named field.',
  PARLEY_PATTERN_INVALID: 'A pattern or segment file has a mistake. Correct the named place.',
  PARLEY_PATTERN_CONFLICT: 'Somebody else changed this definition. Look at it, then publish again.',
  PARLEY_PATTERN_UNKNOWN: 'No pattern or segment has this id. See `parley patterns list`.',
  PARLEY_INPUT_UNREADABLE: 'The input cannot be read. Check that the file exists.',
  PARLEY_STATE_FORMAT: 'A state value is of a format or definition that this version cannot read.',
  PARLEY_STATE_AHEAD: 'The committed offset is ahead of the changelog. The changelog lost records.',
  PARLEY_OFFSET_OUT_OF_RANGE:
    'Retention removed input that was not read yet, or the topic was made anew.',
  PARLEY_APPLICATION_CHANGED:
    'The topics of this prefix hold the state of another application. Give each its own ' +
    'topicPrefix, or set application back.',
  PARLEY_TOPIC_MISSING:
    'A topic is missing. Create it as the message says, or let Parley create it.',
  PARLEY_TOPIC_SETTINGS: 'A topic has settings under which results can be lost. Change them.',
  PARLEY_PARTITIONS_CHANGED:
    'The number of keyed partitions is fixed by the first start. Use a new ' +
    'application id and replay.',
  PARLEY_BROKER_UNSUPPORTED:
    'The broker does not speak transaction version 2. Use Kafka 4.0 or later.',
  PARLEY_LOG_UNAVAILABLE: 'The log does not answer. Parley goes on by itself when it does.',
  PARLEY_STORE_UNAVAILABLE:
    'The state store does not answer. Parley goes on by itself when it does.',
  PARLEY_STORE_UNSUPPORTED:
    'This Redis is too old, or evicts keys when it is full. Use Redis 6.2 or later with ' +
    'maxmemory-policy noeviction.',
  PARLEY_DISK_FULL: 'The disk of the data folder is full. Free room; Parley goes on by itself.',
  PARLEY_DATA_FOLDER_LOCKED:
    'Another process uses this data folder. Stop it, or name another folder.',
  PARLEY_RECORD_TOO_LARGE: 'A record is above the limit of its topic.',
  PARLEY_PORT_IN_USE: 'The port is taken. Stop the other process, or configure another port.',
  PARLEY_NOT_AUTHORIZED:
    'The token, login or access list does not allow it. Use one that does.',
  PARLEY_FEED_REFUSED: 'The feed refused the subscription. Correct what the message names.',
  PARLEY_PLACES_INVALID: 'A layer of places cannot be used. Correct the named file or setting.',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** An error that a user can do something about. Bugs are plain errors and crash. */
export class ParleyError extends Error {
  readonly code: ErrorCode;
  readonly details: { readonly [name: string]: unknown };

  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: { readonly [name: string]: unknown }; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'ParleyError';
    this.code = code;
    this.details = options.details ?? {};
  }
}
