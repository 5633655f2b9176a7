// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.
import type { Channel, Post, Reaction, StoredFile, User } from "../../src/sandbox/records.ts";
import type { SandboxServer } from "../../src/sandbox/sandbox_server.ts";
import type { World } from "../../src/sandbox/world.ts";
import {
  ENTITIES,
  loadRest,
  loadSocket,
  RECORDING_NAMES,
  type RestRecording,
} from "./recordings.ts";

type Wire = Record<string, unknown>;

/** Bytes of recorded files whose text a recording shows. */
const FILE_TEXTS: Readonly<Record<string, string>> = { "notes.txt": "hello file\n" };
const ID = /[a-z0-9]{26}/g;

const { bot, users, sysadmin, other_bots, team, channels } = ENTITIES;
const channelId = (start: string) =>
  Object.entries(channels).find(([label]) => label.startsWith(start))?.[1] ?? "";
const botId = (start: string) =>
  Object.entries(other_bots).find(([label]) => label.startsWith(start))?.[1] ?? "";

export const IDS = {
  hermes: bot.user_id,
  alice: users.alice ?? "",
  bob: users.bob ?? "",
  mallory: users.mallory ?? "",
  sysadmin,
  otherbot: botId("otherbot"),
  doomed: botId("doomed-bot"),
  loner: botId("loner-bot"),
  lab: team.id,
  general: channelId("general-lab"),
  secret: channelId("secret-lab"),
  noBotHere: channelId("no-bot-here"),
  privateNoBot: channelId("private-no-bot"),
  direct: channelId("DM alice"),
  group: channelId("group"),
} as const;

/** The people, bots and channels of the recordings, with the placeholders as tokens. */
export function seedEntities(world: World): void {
  world.addTeam({ id: IDS.lab, name: "lab", display_name: "Lab" });
  const everybody: [name: string, id: string, token: string][] = [
    ["hermes", IDS.hermes, "<bot-token>"],
    ["alice", IDS.alice, "<alice-token>"],
    ["bob", IDS.bob, "<bob-token>"],
    ["mallory", IDS.mallory, "<mallory-token>"],
    ["sysadmin", IDS.sysadmin, "<admin-token>"],
    ["otherbot", IDS.otherbot, "<otherbot-token>"],
    ["doomed-bot", IDS.doomed, "<doomed-token>"],
    ["loner-bot", IDS.loner, "<loner-token>"],
  ];
  for (const [username, id, token] of everybody) {
    const is_bot = username === "hermes" || username.endsWith("bot");
    const roles = id === sysadmin ? "system_admin system_user" : "system_user";
    const bot_description = id === IDS.hermes ? "test bot" : "";
    world.addUser({ id, username, is_bot, bot_description, roles });
    world.addToken(id, token);
    if (id !== IDS.loner) world.joinTeam(IDS.lab, id);
  }
  const { hermes, alice, bob, mallory, otherbot } = IDS;
  addTeamChannel(world, IDS.general, "general-lab", "O", [hermes, alice, bob, mallory, otherbot]);
  addTeamChannel(world, IDS.secret, "secret-lab", "P", [hermes, alice, bob]);
  addTeamChannel(world, IDS.noBotHere, "no-bot-here", "O", [alice]);
  addTeamChannel(world, IDS.privateNoBot, "private-no-bot", "P", [alice]);
  addDirect(world, IDS.direct, hermes, alice);
  world.addChannel({ id: IDS.group, name: "group", type: "G", display_name: "alice, bob, hermes" });
  for (const id of [hermes, alice, bob]) world.join(IDS.group, id);
}

function addTeamChannel(
  world: World,
  id: string,
  name: string,
  type: "O" | "P",
  members: readonly string[],
): void {
  world.addChannel({ id, name, type, display_name: name, team_id: IDS.lab, creator_id: sysadmin });
  for (const member of [...members, sysadmin]) world.join(id, member);
}

export function addDirect(world: World, id: string, userId: string, otherId: string): void {
  const name = [userId, otherId].sort().join("__");
  world.addChannel({ id, name, type: "D", creator_id: userId });
  for (const member of new Set([userId, otherId])) world.join(id, member);
}

/**
 * What a recorded request needs to be there: everything it names, and everything its answer shows
 * unless the answer is what it made.
 */
export function seedFor(world: World, recording: RestRecording): void {
  const { request, response } = recording;
  const isCreation = request.method === "POST" && response.status === 201;
  const shown = isCreation ? new Map<string, Wire>() : recordsIn(response.body);
  const made = isCreation ? new Set([...recordsIn(response.body).keys()]) : new Set<string>();
  const named = JSON.stringify(request).match(ID) ?? [];
  for (const id of named) {
    const known = LIBRARY.get(id);
    if (known !== undefined && !shown.has(id) && (!made.has(id) || isFile(known))) {
      shown.set(id, known);
    }
  }
  for (const record of shown.values()) insert(world, record, isCreation);
}

/** Everything the recordings show, by id, each in its last recorded state. */
const LIBRARY: ReadonlyMap<string, Wire> = new Map(
  RECORDING_NAMES.flatMap((name) => [
    ...recordsIn(name.startsWith("rest-") ? loadRest(name) : loadSocket(name)),
  ]),
);

/** Users, channels, posts and files anywhere in a body, also in JSON inside JSON. */
function recordsIn(value: unknown, found = new Map<string, Wire>()): Map<string, Wire> {
  if (typeof value === "string" && value.startsWith("{")) {
    try {
      recordsIn(JSON.parse(value), found);
    } catch {
      // A text that only looks like JSON.
    }
  } else if (typeof value === "object" && value !== null) {
    const record = value as Wire;
    if (typeof record.id === "string" && (isPost(record) || isFile(record) || isChannel(record))) {
      found.set(record.id, record);
    }
    for (const part of Object.values(record)) recordsIn(part, found);
  }
  return found;
}

function isPost(record: Wire): boolean {
  return "root_id" in record && "original_id" in record;
}

function isFile(record: Wire): boolean {
  return "mime_type" in record;
}

function isChannel(record: Wire): boolean {
  return "total_msg_count" in record;
}

function insert(world: World, record: Wire, isCreation: boolean): void {
  const id = String(record.id);
  if (isPost(record)) insertPost(world, record);
  else if (isFile(record)) insertFile(world, record, isCreation);
  else if (!world.channels.has(id)) insertChannel(world, record as unknown as Channel);
}

function insertPost(world: World, record: Wire): void {
  const { metadata, ...post } = record as Wire & { metadata?: Wire };
  const place = post.original_id === "" ? world.posts : world.history;
  const own = { priority: metadata?.priority, actions: new Map() };
  place.set(String(post.id), { ...post, ...own } as unknown as Post);
  const known = LIBRARY.get(String(post.root_id));
  if (known !== undefined && !world.posts.has(String(known.id))) insertPost(world, known);
  for (const reaction of (metadata?.reactions ?? []) as Reaction[]) {
    world.reactions.push({ ...reaction });
  }
  for (const file of (metadata?.files ?? []) as Wire[]) insertFile(world, file, false);
}

function insertFile(world: World, record: Wire, isCreation: boolean): void {
  const name = String(record.name);
  world.files.set(
    String(record.id),
    {
      id: String(record.id),
      user_id: String(record.user_id),
      channel_id: String(record.channel_id),
      post_id: isCreation ? "" : String(record.post_id ?? ""),
      create_at: Number(record.create_at),
      name,
      bytes: bytesOf(record, name),
    } satisfies StoredFile,
  );
}

/** Contents that make the file what it was: a real image header, a known text, or letters. */
function bytesOf(record: Wire, name: string): Uint8Array {
  if (record.has_preview_image === true) {
    return pngHeader(Number(record.width), Number(record.height));
  }
  const text = FILE_TEXTS[name] ?? "abc".repeat(100).slice(0, Number(record.size));
  return new TextEncoder().encode(text);
}

/** Puts a post there that no recording shows. */
export function addPost(world: World, post: Partial<Post> & { id: string; user_id: string }): void {
  world.posts.set(post.id, {
    create_at: 1,
    update_at: 1,
    edit_at: 0,
    delete_at: 0,
    is_pinned: false,
    channel_id: IDS.general,
    root_id: "",
    original_id: "",
    message: "text",
    type: "",
    props: {},
    file_ids: [],
    priority: undefined,
    actions: new Map(),
    ...post,
  });
}

/** Puts a file there that no recording shows. */
export function addFile(world: World, file: Partial<StoredFile> & { id: string }): void {
  world.files.set(file.id, {
    user_id: IDS.hermes,
    channel_id: IDS.general,
    post_id: "",
    create_at: 1,
    name: "a.txt",
    bytes: new Uint8Array(1),
    ...file,
  });
}

/** The sandbox has no custom status; a user who once had one keeps an empty one. */
export function setCustomStatus(sandbox: SandboxServer): void {
  Object.assign(sandbox.user("hermes"), { props: { customStatus: "" } });
}

export function pngHeader(width: number, height: number): Uint8Array {
  const bytes = new Uint8Array(24);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return bytes;
}

function insertChannel(world: World, record: Channel): void {
  world.addChannel({ ...record });
  const ids = record.type === "D" ? record.name.split("__") : [IDS.hermes, IDS.alice];
  for (const id of new Set(ids)) {
    if (!world.users.has(id)) world.addUser({ id, username: `user-${id.slice(0, 6)}` } as User);
    world.join(record.id, id);
  }
}
