/** Somebody who waits to be let in, with a salted hash of the code they were given. */
export interface PendingRequest {
  readonly userId: string;
  readonly userName: string;
  readonly hash: string;
  readonly salt: string;
  readonly createdAtMs: number;
}

/** Who was approved, by user id. */
export type ApprovedPeople = ReadonlyMap<
  string,
  { readonly userName: string; readonly approvedAtMs: number }
>;

/** Wrong codes since the last right one, and until when none is taken. */
export interface Attempts {
  readonly failures: number;
  readonly lockedUntilMs: number;
}

export const NO_ATTEMPTS: Attempts = { failures: 0, lockedUntilMs: 0 };

/** Requests that cannot be read have to be made again. Keys and times are as the original has them. */
export function decodePending(text: string | undefined): readonly PendingRequest[] {
  return Object.entries(parseMap(text) ?? {}).flatMap(([userId, value]) => {
    const { user_name: userName, hash, salt, created_at: createdAt } = value;
    if (typeof hash !== "string" || typeof salt !== "string") return [];
    if (typeof userName !== "string" || typeof createdAt !== "number") return [];
    return [{ userId, userName, hash, salt, createdAtMs: createdAt * 1_000 }];
  });
}

/** `undefined` for a file that cannot be read: it lets nobody in. */
export function decodeApproved(text: string | undefined): ApprovedPeople | undefined {
  const map = parseMap(text);
  if (map === undefined) return undefined;
  return new Map(
    Object.entries(map).map(([userId, { user_name: userName, approved_at: approvedAt }]) => [
      userId,
      {
        userName: typeof userName === "string" ? userName : "",
        approvedAtMs: typeof approvedAt === "number" ? approvedAt * 1_000 : 0,
      },
    ]),
  );
}

export function decodeAttempts(text: string | undefined): Attempts {
  const { failures, lockedUntilMs } = parseObject(text) ?? {};
  const isKnown = typeof failures === "number" && typeof lockedUntilMs === "number";
  return isKnown ? { failures, lockedUntilMs } : NO_ATTEMPTS;
}

type Fields = Readonly<Record<string, unknown>>;

/** An object of objects; an empty one where there is no file. */
function parseMap(text: string | undefined): Readonly<Record<string, Fields>> | undefined {
  const map = text === undefined ? {} : parseObject(text);
  if (map === undefined || !Object.values(map).every(isObject)) return undefined;
  return map as Readonly<Record<string, Fields>>;
}

function parseObject(text: string | undefined): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // Said by the caller, who knows what the file is.
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
