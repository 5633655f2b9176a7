import type { InboundMessage } from "../../src/gateway/inbound.ts";

/** A direct message from alice; tests change what they are about. */
export function inboundMessage(change: Partial<InboundMessage> = {}): InboundMessage {
  return {
    postId: "p1",
    channelId: "c1",
    channelKind: "dm",
    channelName: "@alice",
    rootId: "",
    senderId: "alice",
    senderName: "alice",
    text: "hi",
    mentionsBot: false,
    mentionsOthers: false,
    origin: "person",
    addsBot: false,
    files: [],
    createdAtMs: 1_700_000_000_000,
    ...change,
  };
}
