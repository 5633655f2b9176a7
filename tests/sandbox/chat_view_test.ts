import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ChatPost } from "../../src/sandbox/chat_post.ts";
import { ChatView } from "../../src/sandbox/chat_view.ts";

const COLUMNS = 20;
const growing = { label: "", isGrowing: true };
const complete = { label: "", isGrowing: false };

const createView = () => new ChatView({ color: false, columns: () => COLUMNS });

function post(message: string, change: Partial<ChatPost> = {}): ChatPost {
  const place = { channelId: "channel", rootId: "" };
  const times = { updatedAtMs: 1, isDeleted: false };
  return { id: "post", author: "hermes", message, answerTo: "", ...place, ...times, ...change };
}

test("ChatView shows a complete post below its author, wrapped and indented", () => {
  const view = createView();
  view.show(post("Good morning, dear alice"), complete);
  const rows = ["hermes", "  Good morning, dear", "  alice", ""];
  assert.deepEqual(view.take(), { rows, live: [] });
  assert.deepEqual(view.take(), { rows: [], live: [] });
});

test("ChatView keeps the last row of a growing post live and adds each other row once", () => {
  const view = createView();
  view.show(post("Good"), growing);
  assert.deepEqual(view.take(), { rows: [], live: ["hermes", "  Good"] });
  view.show(post("Good morning, dear ali"), growing);
  assert.deepEqual(view.take(), {
    rows: ["hermes", "  Good morning, dear"],
    live: ["  ali"],
  });
  view.show(post("Good morning, dear alice"), complete);
  assert.deepEqual(view.take(), { rows: ["  alice", ""], live: [] });
});

test("ChatView shows the same state of a post once", () => {
  const view = createView();
  view.show(post("hi"), complete);
  view.take();
  view.show(post("hi", { updatedAtMs: 2 }), complete);
  assert.deepEqual(view.take(), { rows: [], live: [] });
});

test("ChatView does not repeat what the reader has written", () => {
  const view = createView();
  view.written(post("hi", { author: "alice" }));
  view.show(post("hi", { author: "alice" }), complete);
  assert.deepEqual(view.take(), { rows: [], live: [] });
});

test("ChatView names the place of a post that is elsewhere", () => {
  const view = createView();
  view.show(post("hi"), { label: "#general", isGrowing: false });
  assert.deepEqual(view.take().rows, ["hermes #general", "  hi", ""]);
});

test("ChatView completes a growing post before another one, and then says that it goes on", () => {
  const view = createView();
  view.show(post("one"), growing);
  view.show(post("two", { id: "other", author: "bob" }), complete);
  view.show(post("one more"), complete);
  assert.deepEqual(view.take().rows, [
    ...["hermes", "  one", ""],
    ...["bob", "  two", ""],
    ...["hermes (continued)", "   more", ""],
  ]);
});

test("ChatView says again whose post it is after the reader has entered a line", () => {
  const view = createView();
  view.show(post("one\ntw"), growing);
  assert.deepEqual(view.take(), { rows: ["hermes", "  one"], live: ["  tw"] });
  view.interrupt();
  assert.deepEqual(view.take(), { rows: [], live: ["hermes (continued)", "  tw"] });
  view.show(post("one\ntwo"), complete);
  assert.deepEqual(view.take(), { rows: ["hermes (continued)", "  two", ""], live: [] });
});

test("ChatView shows an edited post again from the first line that differs", () => {
  const view = createView();
  view.show(post("same\nbefore\nend"), complete);
  view.take();
  view.show(post("same\nafter\nend"), complete);
  assert.deepEqual(view.take().rows, ["hermes (edited)", "  after", "  end", ""]);
});

test("ChatView says that a post it has shown was deleted, and nothing of others", () => {
  const view = createView();
  view.show(post("half of an ans"), growing);
  view.show(post("", { isDeleted: true }), growing);
  view.show(post("", { id: "unseen", isDeleted: true }), complete);
  assert.deepEqual(view.take(), { rows: ["(hermes deleted a", "post)"], live: [] });
});

test("ChatView shows who types below everything else, until it is told otherwise", () => {
  const view = createView();
  view.showTyping(["hermes is typing…"]);
  view.show(post("an"), growing);
  assert.deepEqual(view.take().live, ["hermes", "  an", "hermes is typing…"]);
  view.showTyping([]);
  assert.deepEqual(view.take().live, ["hermes", "  an"]);
});

test("ChatView cuts a line of a log to one row", () => {
  const view = createView();
  view.noteLogLine("12:00:00 warn  a.long.event with fields");
  assert.deepEqual(view.take().rows, ["12:00:00 warn …"]);
});

test("ChatView colours authors and remarks only where colours are wanted", () => {
  const view = new ChatView({ color: true, columns: () => COLUMNS });
  view.show(post("\x1b[31mhi"), { label: "#general", isGrowing: false });
  const rows = ["\x1b[1mhermes\x1b[22m \x1b[2m#general\x1b[22m", "  [31mhi", ""];
  assert.deepEqual(view.take().rows, rows);
});

test("ChatView shows a post that grows by any pieces as it shows the whole", () => {
  const piece = fc.string({ unit: fc.constantFrom("a", "bcd", " ", "\n", "好"), minLength: 1 });
  fc.assert(fc.property(fc.array(piece, { minLength: 1 }), (pieces) => {
    const text = pieces.join("");
    const whole = createView();
    whole.show(post(text), complete);
    const grown = createView();
    const rows: string[] = [];
    pieces.forEach((_, index) => {
      grown.show(post(pieces.slice(0, index + 1).join("")), growing);
      rows.push(...grown.take().rows);
    });
    grown.show(post(text), complete);
    assert.deepEqual([...rows, ...grown.take().rows], whole.take().rows);
  }));
});
