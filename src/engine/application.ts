/** Of a process: names its application, which has no `.` in its name. */
export function transactionalIdOf(application: string, id: string): string {
  return `${application}.${id}`;
}

/** The application of the process that has this transactional id. */
export function applicationOf(transactionalId: string): string {
  return transactionalId.slice(0, transactionalId.indexOf('.'));
}
