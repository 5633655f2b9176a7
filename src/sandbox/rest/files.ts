// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.
import { fileBody, isImage, mimeTypeOf } from "../file_bodies.ts";
import type { StoredFile } from "../records.ts";
import { invalidBodyRefusal, permissionRefusal, Refusal } from "../refusal.ts";
import type { ServerSettings } from "../settings.ts";
import type { SandboxParts } from "../parts.ts";
import { type Answer, asker, type Call, json, type Route } from "./route.ts";

/** Uploading and reading files. */
export const FILE_ROUTES: readonly Route[] = [
  { method: "POST", path: "/files", handle: upload },
  { method: "GET", path: "/files/{file}", handle: download },
  { method: "GET", path: "/files/{file}/info", handle: getInfo },
  { method: "GET", path: "/files/{file}/link", handle: refuseLink },
  { method: "GET", path: "/posts/{post}/files/info", handle: getInfosOfPost },
];

/** Raw bytes with the name in the query, or a multipart form. */
async function upload(call: Call, parts: SandboxParts): Promise<Answer> {
  if (!parts.settings.fileAttachments) {
    throw new Refusal(403, "api.file.attachments.disabled.app_error");
  }
  const name = call.query.get("filename");
  const form = name === null
    ? await readForm(call)
    : { files: [{ name, bytes: call.body }], channelId: "", clientIds: null };
  const channelId = call.query.get("channel_id") ?? form.channelId;
  if (form.files.length === 0) {
    throw new Refusal(400, "api.context.invalid_url_param.app_error", "channel_id");
  }
  if (parts.world.member(channelId, asker(call).id) === undefined) throw permissionRefusal();
  const files = form.files.map((file) => store(file, channelId, call, parts));
  return json({ file_infos: files.map(fileBody), client_ids: form.clientIds }, 201);
}

interface UploadedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Reads a multipart body; the ids of the client have to come before the files. */
async function readForm(call: Call) {
  const headers = { "content-type": call.headers["content-type"] ?? "" };
  const form = await new Response(call.body.slice(), { headers }).formData().catch(() => {
    throw new Refusal(400, "api.file.upload_file.read_request.app_error"); // Not multipart.
  });
  const files: UploadedFile[] = [];
  const clientIds: string[] = [];
  let channelId = "";
  for (const [name, value] of form) {
    if (name === "files" && typeof value !== "string") {
      files.push({ name: value.name, bytes: new Uint8Array(await value.arrayBuffer()) });
    } else if (name === "channel_id") {
      channelId = String(value);
    } else if (name === "client_ids" && files.length === 0) {
      clientIds.push(String(value));
    } else {
      throw invalidBodyRefusal(name);
    }
  }
  return { files, clientIds, channelId };
}

function store(
  file: UploadedFile,
  channelId: string,
  call: Call,
  { world, settings, changes }: SandboxParts,
): StoredFile {
  if (file.bytes.byteLength > settings.fileBytesMax) {
    const announced = call.query.has("filename") ? file.bytes.byteLength : -1;
    throw tooLargeRefusal(file.name, announced, settings);
  }
  const stored: StoredFile = {
    id: world.newId(),
    user_id: asker(call).id,
    channel_id: channelId,
    post_id: "",
    create_at: world.stampMs(),
    name: file.name.split("/").at(-1) ?? file.name,
    bytes: file.bytes,
  };
  world.files.set(stored.id, stored);
  changes.notify();
  return stored;
}

/** Of a multipart file the server does not know the length beforehand and says -1. */
export function tooLargeRefusal(
  name: string,
  announcedBytes: number,
  settings: ServerSettings,
): Refusal {
  const id = "api.file.upload_file.too_large_detailed.app_error";
  return new Refusal(413, id, name, String(announcedBytes), String(settings.fileBytesMax));
}

function download(call: Call, { world }: SandboxParts): Answer {
  const file = readableFile(call, world);
  const isInline = isImage(file.name) && call.query.get("download") !== "1";
  const name = encodeURIComponent(file.name);
  const range = call.headers.range?.match(/^bytes=(\d+)-(\d*)$/);
  const start = Number(range?.[1] ?? 0);
  const end = range?.[2] ? Number(range[2]) + 1 : file.bytes.byteLength;
  return {
    kind: "bytes",
    status: range === undefined || range === null ? 200 : 206,
    headers: {
      "Accept-Ranges": "bytes",
      "Cache-Control": "private, max-age=86400",
      "Content-Disposition": `${
        isInline ? "inline" : "attachment"
      };filename="${name}"; filename*=UTF-8''${name}`,
      "Content-Type": mimeTypeOf(file.name),
    },
    bytes: file.bytes.subarray(start, end),
  };
}

function getInfo(call: Call, { world }: SandboxParts): Answer {
  return json(fileBody(readableFile(call, world)));
}

function refuseLink(): Answer {
  throw new Refusal(403, "api.file.get_public_link.disabled.app_error");
}

function getInfosOfPost(call: Call, { world }: SandboxParts): Answer {
  const files = [...world.files.values()].filter((file) => file.post_id === call.params.post);
  return json(files.map(fileBody));
}

function readableFile(call: Call, world: SandboxParts["world"]): StoredFile {
  const file = world.files.get(call.params.file ?? "");
  if (file === undefined) throw new Refusal(404, "api.file.get_file_info.app_error");
  const channel = world.channels.get(file.channel_id);
  if (channel === undefined || !world.canRead(asker(call).id, channel)) throw permissionRefusal();
  return file;
}
