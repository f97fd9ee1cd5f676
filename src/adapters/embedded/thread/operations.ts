import type { DataFolder } from './data-folder.ts';
import type { StoredState } from './stored-state.ts';

/** Reads that see the same before, between and after the writes of a commit: they overtake it. */
export function readOperations(folder: DataFolder, state: StoredState) {
  return {
    batches: folder.batches.bind(folder),
    values: state.read.bind(state),
    due: state.due.bind(state),
  };
}

/** What is done in the order in which it is asked. */
export function orderedOperations(folder: DataFolder, state: StoredState) {
  return {
    topics: folder.topics.bind(folder),
    createTopic: folder.createTopic.bind(folder),
    commit: folder.commit.bind(folder),
    latest: folder.latest.bind(folder),
    committed: folder.committed.bind(folder),
    offsetForTime: folder.offsetForTime.bind(folder),
    trim: folder.trim.bind(folder),
    expire: folder.expire.bind(folder),
    position: state.position.bind(state),
    apply: state.apply.bind(state),
    beginRebuild: state.beginRebuild.bind(state),
    rebuildChunk: state.rebuildChunk.bind(state),
    finishRebuild: state.finishRebuild.bind(state),
    listed: state.listed.bind(state),
    countListed: state.countListed.bind(state),
    scan: state.scan.bind(state),
    changelog: state.changelog.bind(state),
  };
}

export type ReadOperations = ReturnType<typeof readOperations>;
export type OrderedOperations = ReturnType<typeof orderedOperations>;
