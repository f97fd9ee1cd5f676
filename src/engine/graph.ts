import {
  concatMap,
  defer,
  filter,
  lastValueFrom,
  merge,
  type Observable,
  repeat,
  takeWhile,
} from 'rxjs';

/** The stages of a session; each call is one batch's worth of work. None of them rejects. */
export interface Stages<Batches> {
  /** Waits for input and gives it, or nothing. */
  readonly fetch: () => Promise<Batches>;
  /** Computes all of it on top of what is pending. */
  readonly compute: (batches: Batches) => Promise<void>;
  /** Waits until a commit is due and commits. */
  readonly commit: () => Promise<void>;
  /** Moves time where no input does. */
  readonly tick: () => Promise<void>;
  /** What nobody waits for: definitions, the store, trimming. */
  readonly keepHouse: () => Promise<void>;
  readonly ending: () => boolean;
}

/** Goes on forever, one round after the other: RxJS has no backpressure, so each round pulls. */
function rounds<T>(round: () => Observable<T>, ending: () => boolean): Observable<T> {
  return defer(round).pipe(
    repeat(),
    takeWhile(() => !ending()),
  );
}

/**
 * The graph of one generation over batches, with one await for each. Input is fetched only when the
 * batches before it are computed; a commit runs beside the next batch. Resolves when every stage
 * has come to rest after the session began to end.
 */
export async function runGraph<Batches>(stages: Stages<Batches>): Promise<void> {
  const { fetch, compute, commit, tick, keepHouse, ending } = stages;
  const computed$ = rounds(
    () =>
      defer(fetch).pipe(
        concatMap(async (batches) => {
          if (!ending()) await compute(batches);
        }),
      ),
    ending,
  );
  const committed$ = rounds(() => defer(commit), ending);
  const ticks$ = rounds(() => defer(tick), ending);
  const house$ = rounds(() => defer(keepHouse), ending);
  const rest$ = merge(computed$, committed$, ticks$, house$).pipe(filter(() => false));
  await lastValueFrom(rest$, { defaultValue: undefined });
}
