import process from "node:process";
import { test } from "node:test";
import { realWorld } from "../support/chat_world.ts";
import { defineScenarios } from "../support/scenarios.ts";

const { MM_URL, MM_ADMIN_TOKEN } = process.env;
if (MM_URL === undefined || MM_ADMIN_TOKEN === undefined) {
  test.skip("needs MM_URL and MM_ADMIN_TOKEN of a Mattermost server", () => {});
} else {
  defineScenarios(() => realWorld(MM_URL, MM_ADMIN_TOKEN));
}
