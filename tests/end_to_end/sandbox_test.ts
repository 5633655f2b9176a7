import { sandboxWorld } from "../support/chat_world.ts";
import { defineScenarios } from "../support/scenarios.ts";

defineScenarios(sandboxWorld);
