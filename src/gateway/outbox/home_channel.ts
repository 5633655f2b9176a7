/** Where Hermes posts what nobody asked for just now. */
export interface HomePlace {
  readonly channelId: string;
  /** The post that begins the thread; `undefined` for the channel itself. */
  readonly threadId: string | undefined;
}

/** The home channel of this process: what the settings said at the start, until somebody moves it. */
export class HomeChannel {
  #place: HomePlace | undefined;

  constructor(place: HomePlace | undefined) {
    this.#place = place;
  }

  /** `undefined` while there is none. */
  get place(): HomePlace | undefined {
    return this.#place;
  }

  move(place: HomePlace): void {
    this.#place = place;
  }
}
