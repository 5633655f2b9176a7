import { createSkillExpander } from "../gateway/session_life/expand_skill.ts";
import { SessionLife } from "../gateway/session_life/session_life.ts";
import { SessionTitler } from "../gateway/session_life/session_titler.ts";
import { createTurnSetup, type SetUpTurn } from "../gateway/session_life/set_up_turn.ts";
import type { SessionStore } from "../sessions/session_store.ts";
import type { AgentParts } from "./compose_agent.ts";
import { chooseModels, runningJobs } from "./compose_commands.ts";
import { type ComposedTurn, historyCharsMax } from "./compose_turn.ts";

/** How sessions begin, go on and end. */
export interface ComposedSessionLife {
  readonly life: SessionLife;
  readonly setUpTurn: SetUpTurn;
}

export function composeSessionLife(
  agent: AgentParts,
  turn: Pick<ComposedTurn, "forgetTools">,
  sessions: SessionStore,
): ComposedSessionLife {
  const { clock, config, log, skills } = agent;
  const life = composeLife(agent, turn, sessions);
  const { title_generation: titles } = config.providers.auxiliary;
  const titler = new SessionTitler({
    sessions,
    model: titles === undefined ? undefined : agent.models.auxiliary("title_generation"),
    clock,
    log,
  });
  agent.opened.defer(() => titler.close());
  const setUpTurn = createTurnSetup({
    life,
    titler,
    modelsFor: (choices) => {
      const models = chooseModels(agent, choices);
      return { models, historyCharsMax: historyCharsMax(models) };
    },
    expandSkill: createSkillExpander({ store: skills, disabled: config.skills.disabled }),
  });
  return { life, setUpTurn };
}

/** The part that begins and ends sessions. */
export function composeLife(
  agent: AgentParts,
  turn: Pick<ComposedTurn, "forgetTools">,
  sessions: SessionStore,
): SessionLife {
  const { clock, config, fileMemory, gate, log, terminal, timeZone, todos } = agent;
  const { mode, atHour, idleMinutes, notify } = config.sessionReset;
  return new SessionLife({
    sessions,
    policy: { mode, atHour, idleMs: idleMinutes * 60_000, timeZone },
    notifies: notify,
    forget: async (key) => {
      fileMemory.forget(key);
      gate.forgetSession(key);
      todos.set(key, []);
      turn.forgetTools(key);
      await terminal.shells.forget(key);
    },
    jobsOf: (key) => runningJobs(agent, key).length,
    clock,
    log,
  });
}
