// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.
import type { SandboxServer } from "../../src/sandbox/sandbox_server.ts";
import { addDirect, addFile, addPost, IDS, seedFor, setCustomStatus } from "./recorded_world.ts";
import { loadRest } from "./recordings.ts";
import { replay } from "./replay.ts";

type Preparation = (sandbox: SandboxServer) => unknown;

const GONE_USER = "j7xcndgftj8obrwjdfia17ge5h";
const DELETED_POST = "j356rd98ofgypnpx3fho3rkhih";

/** What has to be so before a recorded request, beyond that the records it names are there. */
export const PREPARATIONS: Readonly<Record<string, Preparation>> = {
  "rest-channel-direct-deactivated-user": addGoneUser,
  "rest-channel-direct-restricted-to-team-403": ({ world, settings }) => {
    settings.directMessages = "team";
    const id = "5n97zcm96jdsdg6k7thctdhnfo";
    world.addUser({ id, username: "rdm-bot", is_bot: true });
    world.addToken(id, "<rdm-token>");
  },
  "rest-channel-member-me-not-member-403": ({ world }) => {
    const id = "uprmxt9a5bbb3cjaj16eeshk8a";
    world.addChannel({ id, name: "pub", type: "O", team_id: IDS.lab });
  },
  "rest-channel-leave": ({ world }) => world.join(IDS.noBotHere, IDS.otherbot),
  "rest-command-execute-thread": ({ world }) =>
    addPost(world, { id: "xqncspqt5fn7bqb8kjdwm9b5qr", user_id: IDS.alice }),
  "rest-file-get-not-member-403": ({ world }) =>
    addFile(world, { id: "8q6hxtfdk3y17qay7it9mayodr", channel_id: IDS.secret }),
  "rest-file-upload-attachments-disabled-403": ({ settings }) => {
    settings.fileAttachments = false;
  },
  "rest-file-upload-simple-too-large-413": limitFiles,
  "rest-file-upload-too-large-413": limitFiles,
  "rest-post-create-archived-channel-400": ({ world }) => {
    const id = "uwgmdgjo3jyz8jfoxatxafpp5y";
    world.addChannel({ id, name: "archived", type: "O", team_id: IDS.lab, delete_at: 1 });
    world.join(id, IDS.hermes);
  },
  "rest-post-create-dm-deactivated-user": (sandbox) => {
    addGoneUser(sandbox);
    addDirect(sandbox.world, "3xu36n5eri8tty6h7sfp6198ee", IDS.hermes, GONE_USER);
  },
  "rest-post-create-file-ids-of-other-user": ({ world }) =>
    addFile(world, { id: "8awspyfco7ffdgafxrdso1rq1w", user_id: IDS.alice }),
  "rest-post-create-file-ids-reused": ({ world }) =>
    addFile(world, { id: "3r5pkbe5ctyd5mfroet17jcr7r", post_id: "noyj64k5sindippcdbknocshhe" }),
  "rest-post-create-pending-id-again": after("rest-post-create-pending-id-first"),
  "rest-post-create-pending-id-other-user": after("rest-post-create-pending-id-first"),
  "rest-post-create-pending-id-any-format-again": after("rest-post-create-pending-id-any-format"),
  "rest-post-create-root-deleted-400": addDeletedPost,
  "rest-post-delete-ok": ({ world }) => addPost(world, { id: DELETED_POST, user_id: IDS.hermes }),
  "rest-post-get-deleted-404": addDeletedPost,
  "rest-post-get-not-member-private-403": ({ world }) =>
    addPost(world, {
      id: "1djg3ccbzjnfxdyicx8e813o5h",
      user_id: IDS.alice,
      channel_id: IDS.privateNoBot,
    }),
  "rest-post-patch-after-time-limit-400": limitEdits,
  "rest-post-patch-deleted-403": addDeletedPost,
  "rest-post-patch-props-after-time-limit": limitEdits,
  "rest-rate-limit-429": limitRate,
  "rest-rate-limit-429-post-429": limitRate,
  "rest-rate-limit-headers-ok": setCustomStatus,
  "rest-reaction-add-again": after("rest-reaction-add-ok"),
  "rest-reaction-add-deleted-post-404": addDeletedPost,
  "rest-reaction-delete-ok": after("rest-reaction-add-ok"),
  "rest-reactions-list": after("rest-reaction-add-ok"),
  "rest-thread-get-page": addWholeThread,
  "rest-thread-get-page-up": addWholeThread,
  "rest-users-get-deactivated": addGoneUser,
  "rest-users-me-deactivated-bot-401": ({ admin }) => admin.deactivate("doomed-bot"),
  "rest-users-me-disabled-token-401": ({ admin }) => admin.disableTokens("doomed-bot"),
  "rest-users-me-pat-disabled-bot": (sandbox) => {
    setCustomStatus(sandbox);
    sandbox.settings.userAccessTokens = false;
  },
  "rest-users-me-pat-disabled-user-401": ({ settings }) => {
    settings.userAccessTokens = false;
  },
  "rest-users-me-reactivated-bot": ({ admin }) => {
    admin.deactivate("doomed-bot");
    admin.reactivate("doomed-bot");
  },
  "rest-users-me-revoked-token-401": ({ admin, world }) => {
    world.addToken(IDS.doomed, "<revoked-token>");
    admin.revokeTokens("doomed-bot");
  },
};

function addGoneUser({ world }: SandboxServer): void {
  world.addUser({ id: GONE_USER, username: "gone", delete_at: 1 });
}

function addDeletedPost({ world }: SandboxServer): void {
  addPost(world, { id: DELETED_POST, user_id: IDS.hermes, delete_at: 2 });
}

function addWholeThread({ world }: SandboxServer): void {
  seedFor(world, loadRest("rest-thread-get"));
}

function limitFiles({ settings }: SandboxServer): void {
  settings.fileBytesMax = 2048;
}

function limitEdits({ settings }: SandboxServer): void {
  settings.postEditTimeLimitS = 1;
}

function limitRate({ faults }: SandboxServer): void {
  faults.rest.push({ answer: { kind: "rate_limited", retryAfterS: 1 } });
}

/** The server is in the state that another recorded request left. */
function after(name: string): Preparation {
  return (sandbox) => replay(loadRest(name), sandbox);
}
