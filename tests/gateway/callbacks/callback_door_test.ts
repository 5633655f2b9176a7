import assert from "node:assert/strict";
import { test } from "node:test";
import type { Callback } from "../../../src/gateway/callbacks/callback.ts";
import { CallbackDoor } from "../../../src/gateway/callbacks/callback_door.ts";
import { WORKING } from "../../../src/gateway/callbacks/native_texts.ts";
import { Secret } from "../../../src/runtime/secret.ts";
import { WaitingItems } from "../../../src/runtime/waiting_items.ts";
import { TriggerSigner } from "../../../src/sandbox/trigger_signer.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const NOW_MS = 1_795_384_898_638;
const USER = "u".repeat(26);
const NEVER = new AbortController().signal;
const signer = new TriggerSigner();

function openDoor({ waitingMax = 10, basePath = "" } = {}) {
  const clock = new FakeClock(NOW_MS);
  const callbacks = new WaitingItems<Callback>(waitingMax);
  const said: [string, string][] = [];
  const refused: unknown[] = [];
  const door = new CallbackDoor({
    basePath,
    signingKey: Promise.resolve(signer.publicKey),
    commands: () => [
      { teamId: "team", trigger: "stop", token: new Secret("good") },
      { teamId: "other", trigger: "stop", token: new Secret("others") },
    ],
    callbacks,
    sayLater: (hookId, text) => Promise.resolve(void said.push([hookId, text])),
    clock,
    log: (_level, event, fields) =>
      void (event === "callback.refused" && refused.push(fields?.reason)),
  });
  const next = callbacks[Symbol.asyncIterator]();
  const take = async () => (await next.next()).value as Callback;
  const call = (path: string, body: string, authorization = "") =>
    door.answer({ path, authorization, body }, NEVER);
  return { clock, said, refused, take, call };
}

let made = 0;
function triggerId({ userId = USER, atMs = NOW_MS } = {}): string {
  return signer.sign({ id: `trigger${made++}`, userId, atMs });
}

function commandForm(more: Record<string, string> = {}): string {
  return new URLSearchParams({
    command: "/stop",
    text: "",
    team_id: "team",
    channel_id: "channel",
    user_id: USER,
    user_name: "alice",
    trigger_id: triggerId(),
    response_url: `https://elsewhere.example/hooks/commands/${"h".repeat(26)}`,
    ...more,
  }).toString();
}

function pressJson(more: Record<string, unknown> = {}): string {
  return JSON.stringify({
    user_id: USER,
    channel_id: "channel",
    post_id: "post",
    trigger_id: triggerId(),
    context: { choice: "once" },
    ...more,
  });
}

test("[P255] the door lets a command in that shows its token, and says what comes of it", async () => {
  for (const basePath of ["", "/hermes"]) {
    const { take, call } = openDoor({ basePath: "/hermes" });
    const reply = call(`${basePath}/command`, commandForm(), "Token good");
    const callback = await take();
    assert.equal(callback.kind, "command");
    callback.answer("Stopped.");
    assert.deepEqual(await reply, {
      status: 200,
      body: { response_type: "ephemeral", text: "Stopped.", skip_slack_parsing: true },
    });
  }
});

test("[P255] [C38] the door answers in time, and says the rest at the server that we know, wherever the call points", async () => {
  const { clock, said, take, call } = openDoor();
  const reply = call("/command", commandForm(), "Token good");
  const callback = await take();
  clock.advance(2_500);
  assert.equal((await reply).body.text, WORKING);
  callback.answer("Done at last.");
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(said, [["h".repeat(26), "Done at last."]]);
});

test("[P256] [C38] [S08] the door refuses a command without its token, with that of another team, and one that nobody made", async () => {
  const { refused, call } = openDoor();
  const wrong: [string, Record<string, string>][] = [
    ["", {}],
    ["Token bad", {}],
    ["Token others", {}],
    ["Bearer good", {}],
    ["Token good", { team_id: "other" }],
    ["Token good", { command: "/approve" }],
  ];
  for (const [authorization, more] of wrong) {
    const { status } = await call("/command", commandForm(more), authorization);
    assert.equal(status, 401, authorization);
  }
  assert.deepEqual(refused, wrong.map(() => "token"));
});

test("[P256] [C38] the door refuses what is forged, late or repeated, be it a command or a button", async () => {
  const { refused, take, call } = openDoor();
  const others = { userId: "v".repeat(26) };
  const forms = [
    (more: Record<string, string>) => call("/command", commandForm(more), "Token good"),
    (more: Record<string, string>) => call("/action", pressJson(more)),
  ];
  for (const send of forms) {
    refused.length = 0;
    const once = triggerId();
    const first = send({ trigger_id: once });
    (await take()).answer("");
    assert.equal((await first).status, 200);
    assert.equal((await send({ trigger_id: once })).status, 409);
    assert.equal((await send({ trigger_id: triggerId(others) })).status, 403);
    assert.equal((await send({ trigger_id: triggerId({ atMs: NOW_MS - 300_001 }) })).status, 403);
    assert.equal((await send({ trigger_id: "junk" })).status, 403);
    const signed = new TriggerSigner().sign({ id: "x", userId: USER, atMs: NOW_MS });
    assert.equal((await send({ trigger_id: signed })).status, 403);
    assert.deepEqual(refused, ["replayed", "forged", "late", "malformed", "forged"]);
  }
});

test("[P255] the door takes no more than can wait, and knows no other path", async () => {
  const { call } = openDoor({ waitingMax: 0 });
  assert.equal((await call("/action", pressJson())).status, 503);
  assert.equal((await call("/action", "no JSON")).status, 400);
  assert.equal((await call("/command", "text=x", "Token good")).status, 400);
  assert.equal((await call("/elsewhere", pressJson())).status, 404);
});
