import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tarGz } from "../../scripts/tar_archive.ts";
import { pem } from "../runtime/servers.ts";

/** How one file is served in place of what it holds. */
export type ReleaseFault =
  /** The connection is cut after half of the bytes. */
  | { readonly kind: "cut" }
  | { readonly kind: "status"; readonly status: number }
  | { readonly kind: "redirect"; readonly to: string }
  /** The first half comes, and then nothing more. */
  | { readonly kind: "stuck" };

/** A web server with releases, laid out as `deno task release` does it. */
export class ReleaseServer implements AsyncDisposable {
  readonly url: string;
  /** The paths that were asked for. */
  readonly requests: string[] = [];
  readonly #files = new Map<string, Buffer>();
  readonly #faults = new Map<string, ReleaseFault>();
  readonly #server;

  static async open({ tls = false } = {}): Promise<ReleaseServer> {
    const server = tls
      ? createTlsServer({ key: pem("server_key"), cert: pem("server") })
      : createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    return new ReleaseServer(server, `${tls ? "https" : "http"}://127.0.0.1:${port}`);
  }

  private constructor(server: ReturnType<typeof createServer>, url: string) {
    this.#server = server;
    this.url = url;
    server.on("request", (request, response) => {
      const path = request.url ?? "";
      this.requests.push(path);
      const fault = this.#faults.get(path);
      const bytes = this.#files.get(path);
      if (fault?.kind === "status") return void response.writeHead(fault.status).end();
      if (fault?.kind === "redirect") {
        return void response.writeHead(302, { location: fault.to }).end();
      }
      if (bytes === undefined) {
        return void response.writeHead(404).end("There is no such file");
      }
      response.writeHead(200, { "content-length": bytes.length });
      if (fault === undefined) return void response.end(bytes);
      response.write(bytes.subarray(0, bytes.length / 2), () => {
        if (fault.kind === "cut") response.destroy();
      });
    });
  }

  /** Adds archives of a program to a version, which is the newest from then on. */
  publish(version: string, program: string | Uint8Array, platforms = ALL_PLATFORMS): void {
    const bytes = typeof program === "string" ? new TextEncoder().encode(program) : program;
    this.publishArchive(version, tarGz([{ name: "hermes", mode: 0o755, bytes }], 0), platforms);
  }

  /** The same with the bytes of an archive, whatever they are. */
  publishArchive(version: string, archive: Uint8Array, platforms = ALL_PLATFORMS): void {
    const folder = `/download/v${version}`;
    const sum = createHash("sha256").update(archive).digest("hex");
    let sums = this.#files.get(`${folder}/SHA256SUMS`)?.toString() ?? "";
    for (const platform of platforms) {
      const name = `hermes-${version}-${platform}.tar.gz`;
      this.put(`${folder}/${name}`, archive);
      sums += `${sum}  ${name}\n`;
    }
    this.put(`${folder}/SHA256SUMS`, sums);
    this.put("/latest/download/SHA256SUMS", sums);
  }

  /** Resolves when somebody asks, or has asked, for a path. */
  async asked(path: string): Promise<void> {
    while (!this.requests.includes(path)) await once(this.#server, "request");
  }

  /** Changes a byte of each archive of a version. */
  damage(version: string): void {
    for (const [path, bytes] of this.#files) {
      if (!path.startsWith(`/download/v${version}/hermes-`)) continue;
      const damaged = Buffer.from(bytes);
      damaged.writeUInt8(damaged.readUInt8(20) ^ 1, 20);
      this.put(path, damaged);
    }
  }

  put(path: string, content: string | Uint8Array): void {
    this.#files.set(path, Buffer.from(content));
  }

  fail(path: string, fault: ReleaseFault): void {
    this.#faults.set(path, fault);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** Every platform that has an archive. */
export const ALL_PLATFORMS: readonly string[] = [
  "linux-x64",
  "linux-arm64",
  "linux-x64-musl",
  "linux-arm64-musl",
  "darwin-x64",
  "darwin-arm64",
];

/** A program that says which version it is, as hermes does. */
export function programOf(version: string): string {
  return `#!/bin/sh\n[ "$1" = --version ] && echo ${version}\n`;
}
