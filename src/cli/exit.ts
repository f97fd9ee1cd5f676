/** Exit codes, the same for every command. */
export const DONE = 0;
/** The answer is no: a mistake was found, a test failed, a difference was found. */
export const ANSWER_NO = 1;
/** It could not be done: bad use, unreadable input, a server that does not answer. */
export const INVALID_USE = 2;
