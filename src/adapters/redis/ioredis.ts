import { Cluster, Redis } from 'ioredis';

/**
 * ioredis, and what has to be done once it is loaded: the only file that imports it. It declares
 * `class VerbatimString extends String`, and V8 turns an object that becomes a prototype into a
 * dictionary, as something that is still being set up. Others become fast again when a property is
 * looked up through them; `String.prototype` does not, since texts are no objects. From then on no
 * call of a method of any text was inlined: `charCodeAt` in a loop took seven times as long.
 * Looking one up through a String object makes V8 keep it fast.
 */
export { Cluster, Redis };

/** As often as V8 takes to remember what it finds at a place in the code. */
const LOOKS = 1_000;

for (let i = 0; i < LOOKS; i++) Object('text').charCodeAt(0);
