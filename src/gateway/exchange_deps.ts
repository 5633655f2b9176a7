import type { PromptSources } from "../agent/session_prompt.ts";
import type { TurnDeps } from "../agent/turn.ts";
import type { FileDeliveryDeps } from "../replies/deliver_files.ts";
import type { DeliveryDeps } from "../replies/deliver_post.ts";
import type { ToolProgressMode } from "../replies/tool_progress.ts";
import type { WorkMark } from "../replies/work_mark.ts";
import type { Redact } from "../safety/redact.ts";
import type { SessionKey, SessionStore } from "../sessions/session_store.ts";
import type { AttachmentDeps } from "./attachments.ts";
import type { TurnControl } from "./busy/turn_control.ts";
import type { InboundMessage } from "./inbound.ts";
import type { Ledger } from "./ledger.ts";
import type { ChatAsker } from "./questions/chat_asker.ts";
import type { TellDeliveredDeps } from "./outbox/tell_delivered.ts";
import type { PersonZones } from "./person_zones.ts";
import type { PendingQuestions } from "./questions/pending_questions.ts";
import type { SessionOptions } from "./session_key.ts";

export interface ExchangeDeps {
  readonly sessions: SessionStore;
  readonly ledger: Ledger;
  readonly turn: TurnDeps;
  readonly delivery: DeliveryDeps;
  /** Knows what was posted unasked; without it nothing is. */
  readonly courier?: TellDeliveredDeps["courier"];
  /** Whether what this user writes may reach the model. */
  readonly listensTo: (userId: string) => boolean;
  readonly zones: PersonZones;
  /** What people are asked while turns run. */
  readonly questions: PendingQuestions;
  readonly sessionOptions: SessionOptions;
  readonly prompt: PromptSources;
  readonly attachments: AttachmentDeps;
  /** Which files an answer may send, and how large they may be. */
  readonly outbound: Pick<FileDeliveryDeps, "allowFile" | "fileBytesMax">;
  /** More instructions for one channel, by channel id. */
  readonly channelPrompts: ReadonlyMap<string, string>;
  /** Most code points the server takes in one post. */
  readonly runesMax: number;
  readonly typingIntervalMs: number;
  /** Whether messages bear reactions that tell what becomes of them. */
  readonly reactions: boolean;
  readonly streaming: boolean;
  /** Whether what is said before tools work stays, beside the answer after them. */
  readonly interimMessages: boolean;
  /** What people see of tools. */
  readonly toolProgress: ToolProgressMode;
  readonly toolPreviewCharsMax: number;
  /** After so long, what comes after work with tools is posted anew; 0 for never. */
  readonly freshAfterMs: number;
  /** How often people are told that an answer takes its time; 0 for never. */
  readonly notifyIntervalMs: number;
  /** Whether what the model thought is quoted before its answer. */
  readonly showsReasoning: boolean;
  /** Takes out of answers what nobody may see. */
  readonly redact: Redact;
  /** Most characters of earlier messages that a turn is given. */
  readonly historyCharsMax: number;
}

/** What one turn runs for. */
export interface TurnPlace {
  readonly message: InboundMessage;
  readonly key: SessionKey;
  readonly asker: ChatAsker;
  readonly mark: WorkMark;
  readonly control: TurnControl;
}
