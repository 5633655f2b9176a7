// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.

/** Whom an event is for, in the words of the server's `broadcast`. */
export interface Broadcast {
  omit_users: Readonly<Record<string, true>> | null;
  user_id: string;
  channel_id: string;
  team_id: string;
  connection_id: string;
  omit_connection_id: string;
  contains_sanitized_data?: true;
}

/** An event before a connection has given it a sequence number. */
export interface ServerEvent {
  event: string;
  data: Readonly<Record<string, unknown>>;
  broadcast: Broadcast;
  /** Whether it was made for this recipient alone. */
  isPersonal: boolean;
}

export function broadcastTo(scope: Partial<Broadcast>): Broadcast {
  return {
    omit_users: null,
    user_id: "",
    channel_id: "",
    team_id: "",
    connection_id: "",
    omit_connection_id: "",
    ...scope,
  };
}

/**
 * The text of an event. The server encodes an event once for everybody, with blanks between the
 * parts; one that it makes for a single recipient has none and ends in a newline.
 */
export function eventFrame(input: ServerEvent, seq: number): string {
  const { event, data, broadcast, isPersonal } = input;
  if (isPersonal) {
    return JSON.stringify({ event, data, broadcast, seq }) + "\n";
  }
  const parts = { event, data, broadcast, seq };
  const fields = Object.entries(parts).map(([key, value]) => `"${key}": ${JSON.stringify(value)}`);
  return `{${fields.join(", ")}}`;
}

export function okFrame(seqReply: number, data?: Readonly<Record<string, unknown>>): string {
  const reply = { status: "OK", seq_reply: seqReply, ...(data === undefined ? {} : { data }) };
  return JSON.stringify(reply) + "\n";
}

export function failFrame(
  seqReply: number,
  error: { id: string; message: string; status: number },
): string {
  return JSON.stringify({
    status: "FAIL",
    ...(seqReply > 0 ? { seq_reply: seqReply } : {}),
    error: { id: error.id, message: error.message, detailed_error: "", status_code: error.status },
  }) + "\n";
}
