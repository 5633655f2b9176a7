// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.

export interface SeenPost {
  readonly id: string;
  readonly user_id: string;
  readonly channel_id: string;
  readonly root_id: string;
  readonly message: string;
  readonly create_at: number;
  readonly file_ids?: readonly string[] | null;
}

interface Account {
  readonly id: string;
  readonly username: string;
  readonly token: string;
}

/** How long a test waits for something that has to happen. */
const WAIT_MS_MAX = 15_000;

/**
 * A person of the workspace, as the web app is: writes by REST, reads what happens on a socket of
 * their own. Works on the sandbox and on a real server alike.
 */
export class ChatPerson {
  readonly id: string;
  readonly username: string;
  /** Newest state of each post that this person has seen. */
  readonly seen = new Map<string, SeenPost>();
  /** Typing notices: channel, thread (or ""), who. */
  readonly typing: { channelId: string; parentId: string; userId: string }[] = [];
  /** Reactions that came (`+eyes`) and went (`-eyes`), in order. */
  readonly reactions: { postId: string; userId: string; change: string }[] = [];
  /** How often each post was edited. */
  readonly edits = new Map<string, number>();
  readonly #url: string;
  readonly #token: string;
  #socket: WebSocket | undefined;
  #left = false;
  #watchers = new Set<() => void>();

  static async join(url: string, account: Account): Promise<ChatPerson> {
    const person = new ChatPerson(url, account);
    await person.connect();
    return person;
  }

  private constructor(url: string, account: Account) {
    this.#url = url;
    this.id = account.id;
    this.username = account.username;
    this.#token = account.token;
  }

  /** Opens the socket; after the server was away it has to be called again. */
  connect(): Promise<void> {
    const url = `${this.#url.replace(/^http/, "ws")}/api/v4/websocket`;
    // Both runtimes take headers, which the standard does not know.
    const options = { headers: { authorization: `Bearer ${this.#token}` } };
    const socket = new WebSocket(url, options as unknown as string[]);
    this.#socket = socket;
    return new Promise((resolve, reject) => {
      socket.onmessage = ({ data }) => {
        const frame = JSON.parse(String(data));
        if (frame.event === "hello") resolve();
        this.#take(frame);
      };
      socket.onclose = () => reject(new Error(`${this.username} cannot connect`));
      socket.onerror = () => {}; // `onclose` follows.
    });
  }

  leave(): void {
    this.#left = true;
    this.#socket?.close();
  }

  async post(
    channelId: string,
    message: string,
    rootId = "",
    fileIds: readonly string[] = [],
  ): Promise<SeenPost> {
    return await this.request("POST", "/posts", {
      channel_id: channelId,
      message,
      root_id: rootId,
      file_ids: fileIds,
    }) as SeenPost;
  }

  /** Posts a message with these files, by name. */
  async postFiles(
    channelId: string,
    message: string,
    files: Readonly<Record<string, Uint8Array | string>>,
  ): Promise<SeenPost> {
    const ids: string[] = [];
    for (const [name, content] of Object.entries(files)) {
      const query = new URLSearchParams({ channel_id: channelId, filename: name });
      const body = typeof content === "string" ? new TextEncoder().encode(content) : content;
      const answer = await this.#send("POST", `/files?${query}`, body.slice());
      ids.push((answer as { file_infos: { id: string }[] }).file_infos[0]?.id ?? "");
    }
    return await this.post(channelId, message, "", ids);
  }

  /** The bytes of a file. */
  async download(fileId: string): Promise<Uint8Array> {
    const headers = { authorization: `Bearer ${this.#token}` };
    const response = await fetch(`${this.#url}/api/v4/files/${fileId}`, { headers });
    if (!response.ok) throw new Error(`file ${fileId}: ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  }

  /** The direct channel with a user. */
  async direct(userId: string): Promise<string> {
    const channel = await this.request("POST", "/channels/direct", [this.id, userId]);
    return String((channel as { id: string }).id);
  }

  async group(...userIds: readonly string[]): Promise<string> {
    const channel = await this.request("POST", "/channels/group", [this.id, ...userIds]);
    return String((channel as { id: string }).id);
  }

  /** All posts of a channel, oldest first. */
  async posts(channelId: string): Promise<SeenPost[]> {
    const list = await this.request("GET", `/channels/${channelId}/posts?per_page=200`) as {
      order: string[];
      posts: Record<string, SeenPost>;
    };
    return list.order.flatMap((id) => list.posts[id] ?? []).reverse();
  }

  /** Resolves with the first post that fits, now or later. */
  sees(fits: (post: SeenPost) => boolean, what = "a post"): Promise<SeenPost> {
    return this.until(() => [...this.seen.values()].find(fits), what);
  }

  /** Resolves with the first answer of `botId` after `post`, in its channel. */
  seesAnswer(botId: string, post: SeenPost): Promise<SeenPost> {
    return this.sees(
      (seen) =>
        seen.user_id === botId && seen.channel_id === post.channel_id &&
        seen.create_at >= post.create_at,
      `an answer to "${post.message.slice(0, 40)}"`,
    );
  }

  /** Resolves with what `read` gives, as soon as it is not `undefined`. */
  until<T>(read: () => T | undefined, what = "a condition"): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const value = read();
        if (value === undefined) return;
        clearTimeout(limit);
        this.#watchers.delete(look);
        resolve(value);
      };
      const limit = setTimeout(() => {
        this.#watchers.delete(look);
        reject(new Error(`${this.username} waited in vain for ${what}`));
      }, WAIT_MS_MAX);
      this.#watchers.add(look);
      look();
    });
  }

  request(method: string, path: string, body?: unknown): Promise<unknown> {
    return this.#send(method, path, body === undefined ? null : JSON.stringify(body));
  }

  async #send(
    method: string,
    path: string,
    body: string | Uint8Array<ArrayBuffer> | null,
  ): Promise<unknown> {
    const response = await fetch(`${this.#url}/api/v4${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}` },
      body,
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }

  #take(frame: { event?: string; data?: Record<string, unknown>; broadcast?: unknown }): void {
    if (this.#left) return;
    const { event, data } = frame;
    if (event === "posted" || event === "post_edited") {
      const post = JSON.parse(String(data?.post)) as SeenPost;
      this.seen.set(post.id, post);
      if (event === "post_edited") this.edits.set(post.id, (this.edits.get(post.id) ?? 0) + 1);
    }
    if (event === "reaction_added" || event === "reaction_removed") {
      const { post_id: postId, user_id: userId, emoji_name } = JSON.parse(String(data?.reaction));
      const change = `${event === "reaction_added" ? "+" : "-"}${emoji_name}`;
      this.reactions.push({ postId, userId, change });
    }
    if (event === "typing") {
      const { channel_id: channelId } = frame.broadcast as { channel_id: string };
      this.typing.push({
        channelId,
        parentId: String(data?.parent_id),
        userId: String(data?.user_id),
      });
    }
    for (const look of [...this.#watchers]) look();
  }
}
