import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** Signs the trigger ids of callbacks as the server does. Source: model.GenerateTriggerId. */
export class TriggerSigner {
  /** As the client configuration shows it. */
  readonly publicKey: string;
  readonly #privateKey: KeyObject;

  constructor() {
    const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.#privateKey = pair.privateKey;
    this.publicKey = pair.publicKey.export({ format: "der", type: "spki" }).toString("base64");
  }

  sign({ id, userId, atMs }: { id: string; userId: string; atMs: number }): string {
    const text = `${id}:${userId}:${atMs}:`;
    const signature = sign("sha256", new TextEncoder().encode(text), this.#privateKey);
    return btoa(text + signature.toString("base64"));
  }
}
