/**
 * The checks on which exactly-once rests (facts 1 and 2). All are on. The parameter exists so that
 * the simulation can leave one out and show that it then finds a violation; nothing else sets it.
 */
export interface Guards {
  /** Rule 3: EndTxn only after TxnOffsetCommit was accepted. */
  readonly offsetsAcceptedBeforeEnd: boolean;
  /** Rule 11: a producer that saw an error is initialised again before its next transaction. */
  readonly producerRenewed: 'init' | 'abort' | 'none';
  /** Rule 4: the offset fetch waits for pending transactions. */
  readonly stableFetch: boolean;
  /** Rule 5: `__meta` is read up to the end of the log, pending transactions included. */
  readonly metaToTheEnd: boolean;
  /** Rule 5: `__meta` is read after the stable fetch, not before. */
  readonly metaAfterFetch: boolean;
  /** Rule 6: a fetched sequence that is ahead of `__meta` sends the opening back to its start. */
  readonly metaCrossCheck: boolean;
  /** Rule 7: a store of another history is deleted. */
  readonly historyChecked: boolean;
  /** Rule 8: a fold ends only after it saw the `__meta` it folds to. */
  readonly foldSeesMeta: boolean;
  /** DESIGN 9: a fold is refused where tombstones may be gone already. */
  readonly tombstoneAge: boolean;
  /** Rule 9: memory is kept over an opening only where the nonce is that of its last transaction. */
  readonly memoryByNonce: 'nonce' | 'position' | 'always';
  /** Rule 10: a cold read is accepted only at a sequence that fits. */
  readonly coldReadChecked: boolean;
  /** Rule 11: after a failed transaction the memory of all its tasks goes. */
  readonly failedMemoryDropped: 'all' | 'first' | 'none';
  /** Rule 12: what was computed on top of a failed commit is undone. */
  readonly overlayUndone: boolean;
  /** Rule 14: the store is written only after an acknowledged EndTxn. */
  readonly storeAfterCommit: boolean;
}

export const ALL_GUARDS: Guards = Object.freeze({
  offsetsAcceptedBeforeEnd: true,
  producerRenewed: 'init',
  stableFetch: true,
  metaToTheEnd: true,
  metaAfterFetch: true,
  metaCrossCheck: true,
  historyChecked: true,
  foldSeesMeta: true,
  tombstoneAge: true,
  memoryByNonce: 'nonce',
  coldReadChecked: true,
  failedMemoryDropped: 'all',
  overlayUndone: true,
  storeAfterCommit: true,
});
