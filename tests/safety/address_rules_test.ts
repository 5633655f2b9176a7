import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeUrl } from "../../src/safety/address_rules.ts";

const never = new AbortController().signal;

/** What names lead to; others are not known. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  "example.com": ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"],
  "localhost": ["127.0.0.1", "::1"],
  "intranet": ["10.1.2.3"],
  "mixed.example": ["93.184.215.14", "10.0.0.1"],
  "rebind.example": ["169.254.169.254"],
  "v6.example": ["2606:4700::1111", "fd00::1"],
  "xn--mnchen-3ya.example": ["93.184.215.14"],
  "nat64.example": ["64:ff9b::5db8:d70e"],
  "zone.example": ["fe80::1%eth0"],
  "odd.example": ["not an address"],
  "nothing.example": [],
};

const judge = (url: string, allowsPrivate = false) =>
  judgeUrl(url, {
    policy: { allowsPrivate },
    resolveHost: (name) =>
      NAMES[name] === undefined
        ? Promise.reject(new Error("ENOTFOUND"))
        : Promise.resolve(NAMES[name]),
  }, never);

const PRIVATE = "it leads to this machine or to a private network";
const METADATA = "it leads to the metadata of a cloud machine";
const RESERVED = "it leads to an address that is reserved";
const SCHEME = "it is not an http:// or https:// address";
const USERINFO = "it holds a user name or a password";
const UNKNOWN = "its name is not known";

const REFUSED: readonly [url: string, reason: string][] = [
  ["http://127.0.0.1/", PRIVATE],
  ["http://127.8.9.10:8080/", PRIVATE],
  ["http://localhost/", PRIVATE],
  ["http://LOCALHOST./", PRIVATE],
  ["http://intranet/", PRIVATE],
  ["http://10.0.0.1/", PRIVATE],
  ["http://172.16.0.1/", PRIVATE],
  ["http://172.31.255.255/", PRIVATE],
  ["http://192.168.1.1/", PRIVATE],
  ["http://100.64.0.1/", PRIVATE],
  ["http://[::1]/", PRIVATE],
  ["http://[fc00::1]/", PRIVATE],
  ["http://[fd12:3456::1]/", PRIVATE],
  ["http://[fe80::1]/", PRIVATE],
  ["http://[::ffff:127.0.0.1]/", PRIVATE],
  ["http://[::ffff:10.0.0.1]/", PRIVATE],
  ["http://[::ffff:7f00:1]/", PRIVATE],
  ["http://[64:ff9b::10.0.0.1]/", PRIVATE],
  ["http://[64:ff9b::7f00:1]/", PRIVATE],
  // Spellings of numbers.
  ["http://2130706433/", PRIVATE],
  ["http://0x7f000001/", PRIVATE],
  ["http://0x7f.1/", PRIVATE],
  ["http://0177.0.0.1/", PRIVATE],
  ["http://017700000001/", PRIVATE],
  ["http://127.1/", PRIVATE],
  ["http://127.0.0.1./", PRIVATE],
  ["http://①②⑦.⓪.⓪.①/", PRIVATE],
  ["http://１２７.0.0.1/", PRIVATE],
  ["http://127。0。0。1/", PRIVATE],
  ["http://%31%32%37.0.0.1/", PRIVATE],
  ["http:\\\\127.0.0.1\\", PRIVATE],
  ["http:/127.0.0.1/", PRIVATE],
  ["\thttp://127.0.0.1/\n", PRIVATE],
  ["http://127.0.0.1\t/", PRIVATE],
  ["HTTP://127.0.0.1/", PRIVATE],
  // Names that lead elsewhere too.
  ["http://mixed.example/", PRIVATE],
  ["http://v6.example/", PRIVATE],
  ["http://zone.example/", PRIVATE],
  ["http://odd.example/", "its address is not valid"],
  ["http://nothing.example/", UNKNOWN],
  ["http://unknown.example/", UNKNOWN],
  // Metadata of clouds.
  ["http://169.254.169.254/latest/meta-data/", METADATA],
  ["http://169.254.170.2/", METADATA],
  ["http://0xa9fea9fe/", METADATA],
  ["http://2852039166/", METADATA],
  ["http://[::ffff:169.254.169.254]/", METADATA],
  ["http://[64:ff9b::a9fe:a9fe]/", METADATA],
  ["http://[2002:a9fe:a9fe::1]/", METADATA],
  ["http://[fd00:ec2::254]/", METADATA],
  ["http://100.100.100.200/", METADATA],
  ["http://192.0.0.192/", METADATA],
  ["http://168.63.129.16/", METADATA],
  ["http://metadata.google.internal/", METADATA],
  ["http://METADATA.google.internal./", METADATA],
  ["http://rebind.example/", METADATA],
  // Reserved.
  ["http://0.0.0.0/", RESERVED],
  ["http://0/", RESERVED],
  ["http://0.1.2.3/", RESERVED],
  ["http://192.0.2.1/", RESERVED],
  ["http://198.18.0.1/", RESERVED],
  ["http://224.0.0.1/", RESERVED],
  ["http://240.0.0.1/", RESERVED],
  ["http://255.255.255.255/", RESERVED],
  ["http://[::]/", RESERVED],
  ["http://[ff02::1]/", RESERVED],
  ["http://[2001:db8::1]/", RESERVED],
  ["http://[::127.0.0.1]/", RESERVED],
  ["http://[2002:7f00:1::]/", RESERVED],
  ["http://[2001:0:1234::1]/", RESERVED],
  ["http://[64:ff9b:1::1]/", RESERVED],
  ["http://[4000::1]/", RESERVED],
  ["http://[2606:4700::5efe:10.0.0.1]/", PRIVATE],
  // Schemes and names in the address.
  ["file:///etc/passwd", SCHEME],
  ["ftp://example.com/", SCHEME],
  ["gopher://example.com/", SCHEME],
  ["data:text/plain,x", SCHEME],
  ["javascript:alert(1)", SCHEME],
  ["ws://example.com/", SCHEME],
  ["http://user@example.com/", USERINFO],
  ["http://example.com:80@127.0.0.1/", USERINFO],
  ["//example.com/", "it is not a valid address"],
  ["example.com", "it is not a valid address"],
  ["http://", "it is not a valid address"],
  ["http://exa mple.com/", "it is not a valid address"],
  [`http://example.com/${"a".repeat(9_000)}`, "it is not a valid address"],
];

test("[P102] judgeUrl() refuses whatever does not lead to the public web", async () => {
  assert.ok(REFUSED.length >= 60);
  for (const [url, reason] of REFUSED) {
    assert.deepEqual(await judge(url), { kind: "refused", reason }, url.slice(0, 100));
  }
});

test("[P102] judgeUrl() never allows metadata and reserved addresses, private ones if the settings say so", async () => {
  for (const [url, reason] of REFUSED) {
    const verdict = await judge(url, true);
    if (reason === PRIVATE) assert.equal(verdict.kind, "allowed", url);
    else assert.deepEqual(verdict, { kind: "refused", reason }, url.slice(0, 100));
  }
});

test("judgeUrl() allows the public web, and says which addresses were judged", async () => {
  const verdict = await judge("https://EXAMPLE.com:8443/a?b#c");
  assert.equal(verdict.kind, "allowed");
  assert.equal(verdict.kind === "allowed" && verdict.url.href, "https://example.com:8443/a?b#c");
  assert.deepEqual(verdict.kind === "allowed" && verdict.addresses, NAMES["example.com"]);
  for (
    const url of [
      "http://93.184.215.14/",
      "http://[2606:4700::1111]/",
      "http://[64:ff9b::5db8:d70e]/",
      "http://nat64.example/",
      "http://München.example/",
      "http://1.1.1.1/",
    ]
  ) assert.equal((await judge(url)).kind, "allowed", url);
});

test("judgeUrl() stops waiting for a name when it is told to", async () => {
  const abort = new AbortController();
  const judging = judgeUrl("http://slow.example/", {
    policy: { allowsPrivate: false },
    resolveHost: (_, signal) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason))
      ),
  }, abort.signal);
  abort.abort(new Error("stopped"));
  await assert.rejects(judging, /stopped/);
});
