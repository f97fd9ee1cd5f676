import type { ChannelTail, FeedItem } from './channel-tail.ts';
import { encodePosition } from './position.ts';
import type { Channel, ServerFrame } from './protocol.ts';

/** Decides from the parsed record whether a subscription wants it. */
export type RecordFilter = (record: unknown) => boolean;

/** What a subscription asks for. Subscriptions that ask for the same share frames. */
export interface Selection {
  readonly sub: string;
  readonly channel: Channel;
  /** CEL text of `filter`, null where everything is wanted. */
  readonly where: string | null;
  readonly filter: RecordFilter | null;
  readonly keys: ReadonlySet<string> | null;
}

export function selects(selection: Selection, item: FeedItem): boolean {
  if (selection.keys !== null && !selection.keys.has(item.key)) return false;
  return selection.filter === null || selection.filter(item.record);
}

const EVENT_END = Buffer.from('}');

/** The frame of one item for every subscription of this name: built once, shared by all clients. */
export function eventFrame(sub: string, item: FeedItem): Buffer {
  const head = `{"type":"event","sub":${JSON.stringify(sub)},"position":"${item.position}","event":`;
  return Buffer.concat([Buffer.from(head), item.value, EVENT_END]);
}

/** The connection below a subscription. */
export interface Outlet {
  /** Bytes accepted and not yet read by the client. */
  readonly buffered: number;
  readonly bufferMax: number;
  send(frame: ServerFrame): void;
  /** `frame` is the text of an event frame in UTF-8; it may be shared and must not be changed. */
  sendEvent(frame: Buffer): void;
  /** Between these two, frames are gathered into one write to the socket. */
  cork(): void;
  uncork(): void;
  closeSlow(): void;
  /** Resolves once less than half of the bound is buffered; false where the client went away. */
  drained(): Promise<boolean>;
}

/** One subscription of one client: at the live end, or stalled because its client reads slowly. */
export class Subscription {
  readonly selection: Selection;
  readonly overflow: 'gap' | 'disconnect';
  readonly outlet: Outlet;
  /** Position after the last item that was sent. */
  #position: string;
  #stalled: { readonly from: string; count: number } | null = null;

  constructor(
    selection: Selection,
    overflow: 'gap' | 'disconnect',
    outlet: Outlet,
    position: string,
  ) {
    this.selection = selection;
    this.overflow = overflow;
    this.outlet = outlet;
    this.#position = position;
  }

  get stalled(): boolean {
    return this.#stalled !== null;
  }

  get position(): string {
    return this.#position;
  }

  /** Offers an item that it selects. At the bound of the client the stated policy applies. */
  offer(item: FeedItem, frame: Buffer): boolean {
    if (this.#stalled !== null) {
      this.#stalled.count++;
      return false;
    }
    if (this.outlet.buffered + frame.length > this.outlet.bufferMax) {
      this.#stalled = { from: this.#position, count: 1 };
      if (this.overflow === 'disconnect') this.outlet.closeSlow();
      return false;
    }
    this.outlet.sendEvent(frame);
    this.#position = item.position;
    return true;
  }

  /** Nothing that it wants lies before this position: heartbeats carry it. */
  moveTo(position: string): void {
    if (this.#stalled === null) this.#position = position;
  }

  /** The client has read enough: says what was left out and goes on at the live end. */
  resume(tail: ChannelTail): void {
    if (this.#stalled === null) return;
    const { from, count } = this.#stalled;
    this.#stalled = null;
    this.#position = encodePosition(tail);
    this.outlet.send({
      type: 'gap',
      sub: this.selection.sub,
      position: this.#position,
      from,
      to: this.#position,
      count,
      reason: 'slow',
    });
  }
}
