import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { chooseProxy, type ProxySettings } from "../../src/runtime/proxy.ts";

const both: ProxySettings = {
  httpProxy: "http://plain.proxy:3128",
  httpsProxy: "http://secure.proxy:3128",
};

test("[P20] chooseProxy() treats sockets like requests", () => {
  assert.equal(chooseProxy("http://chat.example", both), both.httpProxy);
  assert.equal(chooseProxy("ws://chat.example", both), both.httpProxy);
  assert.equal(chooseProxy("https://chat.example", both), both.httpsProxy);
  assert.equal(chooseProxy("wss://chat.example", both), both.httpsProxy);
});

test("chooseProxy() gives no proxy when none or an empty one is set", () => {
  assert.equal(chooseProxy("https://chat.example", {}), undefined);
  assert.equal(chooseProxy("https://chat.example", { httpProxy: "http://p" }), undefined);
  assert.equal(chooseProxy("https://chat.example", { httpsProxy: "", override: "" }), undefined);
});

test("chooseProxy() prefers the override", () => {
  const settings = { ...both, override: "http://own.proxy:8080" };
  assert.equal(chooseProxy("https://chat.example", settings), "http://own.proxy:8080");
});

test("chooseProxy() reads a proxy without scheme as http", () => {
  assert.equal(
    chooseProxy("https://chat.example", { httpsProxy: "own.proxy:8080" }),
    "http://own.proxy:8080",
  );
});

test("chooseProxy() makes no exception for this machine unless NO_PROXY names it", () => {
  for (const host of ["localhost", "127.0.0.1", "[::1]"]) {
    assert.equal(chooseProxy(`http://${host}:8065/`, { httpProxy: "http://p" }), "http://p");
  }
  const noProxy = "localhost,127.0.0.0/8,::1";
  for (const host of ["localhost", "sub.localhost", "127.8.9.10", "[::1]"]) {
    const settings = { httpProxy: "http://p", noProxy };
    assert.equal(chooseProxy(`http://${host}:8065/`, settings), undefined);
  }
});

test("[P20] chooseProxy() honours NO_PROXY, also with an override", () => {
  const cases: readonly [url: string, noProxy: string, direct: boolean][] = [
    ["https://chat.example", "*", true],
    ["https://chat.example", "chat.example", true],
    ["https://CHAT.example.", "chat.EXAMPLE", true],
    ["https://chat.example", "example", true],
    ["https://chat.example", ".example", true],
    ["https://chat.example", "*.example", true],
    ["https://chat.example", " other.test , .example ", true],
    ["https://chat.example", "other.test chat.example", true],
    ["https://chat.example", "hat.example", false],
    ["https://notexample.test", "example.test", false],
    ["https://chat.example", "chat.example.com", false],
    ["https://chat.example", "", false],
    ["https://chat.example", ",", false],
    ["https://chat.example", ".", false],
    ["https://chat.example:8443", "chat.example:8443", true],
    ["https://chat.example", "chat.example:443", true],
    ["ws://chat.example", "chat.example:80", true],
    ["https://chat.example:8443", "chat.example:443", false],
    ["https://10.1.2.3", "10.1.2.3", true],
    ["https://10.1.2.3", "2.3", false],
    ["https://10.1.2.3", "10.0.0.0/8", true],
    ["https://11.1.2.3", "10.0.0.0/8", false],
    ["https://10.1.2.3", "10.0.0.0/", false],
    ["https://10.1.2.3", "10.0.0.0/33", false],
    ["https://10.1.2.3", "nonsense/8", false],
    ["https://chat.example", "0.0.0.0/0", false],
    ["https://[fd00::1]", "[fd00::1]", true],
    ["https://[fd00::1]:444", "[fd00::1]:444", true],
    ["https://[fd00::1]", "fd00::1", true],
    ["https://[fd00::1]", "fd00::/8", true],
    ["https://[fd00::1]", "10.0.0.0/8", false],
  ];
  for (const [url, noProxy, direct] of cases) {
    for (const settings of [both, { override: both.httpProxy }]) {
      const proxy = chooseProxy(url, { ...settings, noProxy });
      assert.equal(proxy === undefined, direct, `${url} with NO_PROXY="${noProxy}"`);
    }
  }
});

test("chooseProxy() survives any text in NO_PROXY", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), fc.webUrl(), (noProxy, url) => {
    chooseProxy(url, { ...both, noProxy });
  }));
});
