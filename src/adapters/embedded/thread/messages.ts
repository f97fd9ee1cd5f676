import type { MessagePort } from 'node:worker_threads';
import type { ErrorCode } from '../../../event/errors.ts';
import type { Durability } from './database.ts';
import type { OrderedOperations, ReadOperations } from './operations.ts';

export interface ThreadOptions {
  readonly folder: string;
  /** Of Parley's topics. */
  readonly prefix: string;
  readonly durability: Durability;
  readonly pagesMax: number | undefined;
  /** Where reads come from. */
  readonly reads: MessagePort;
}

/** Blobs among the arguments, or in the answer under `blobs`, are moved and not copied. */
export interface Request {
  readonly id: number;
  readonly name: keyof ReadOperations | keyof OrderedOperations;
  readonly args: readonly unknown[];
}

export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string; readonly diskFull: boolean };

/** Whether the folder could be opened: the first message of the thread. */
export type Opening =
  | 'open'
  | {
      readonly code: ErrorCode;
      readonly message: string;
      readonly details: { readonly [name: string]: unknown };
    };
