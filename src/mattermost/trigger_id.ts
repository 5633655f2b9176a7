import { createPublicKey, verify } from "node:crypto";

/** What a trigger id says: who caused a call, and when. Source: model.GenerateTriggerId. */
export interface Trigger {
  /** Of this one call. */
  readonly id: string;
  readonly userId: string;
  /** Server's clock. */
  readonly atMs: number;
}

/** `forged`: this server has not made it. `malformed`: nobody has. */
export type TriggerReading =
  | { readonly kind: "trigger"; readonly trigger: Trigger }
  | { readonly kind: "malformed" }
  | { readonly kind: "forged" };

/**
 * Reads the `trigger_id` of a callback and checks the server's signature: callbacks have no other
 * proof of who makes them.
 *
 * @param publicKey `AsymmetricSigningPublicKey` of the client configuration.
 */
export function readTriggerId(triggerId: string, publicKey: string): TriggerReading {
  const [id, userId, at, signature, ...rest] = fromBase64(triggerId).toString("latin1").split(":");
  const atMs = Number(at);
  if (!id || !userId || !signature || rest.length > 0 || !Number.isSafeInteger(atMs)) {
    return { kind: "malformed" };
  }
  const signed = new TextEncoder().encode(`${id}:${userId}:${at}:`);
  return isSigned(signed, fromBase64(signature), publicKey)
    ? { kind: "trigger", trigger: { id, userId, atMs } }
    : { kind: "forged" };
}

function isSigned(text: Uint8Array, signature: Uint8Array, publicKey: string): boolean {
  try {
    const key = createPublicKey({ key: fromBase64(publicKey), format: "der", type: "spki" });
    return verify("sha256", text, key, signature);
  } catch {
    return false; // A signature or a key that cannot be read proves nothing.
  }
}

function fromBase64(text: string): Buffer {
  return Buffer.from(text, "base64");
}
