import { boolean, choice, decimal, integer, plainText, seconds, textList } from "../parsers.ts";
import { optional, setting } from "../setting.ts";
import { folder, variableNames, volumes } from "../terminal_parsers.ts";

/** Where the model's commands run, and what they may use. */
export const TERMINAL_SETTINGS = {
  backend: setting({
    key: "terminal.backend",
    env: ["TERMINAL_ENV"],
    parse: choice(["local", "docker", "podman"]),
    initial: "local",
    doc: "Where commands run: local is this machine; docker and podman are a container.",
  }),
  folder: optional({
    key: "terminal.cwd",
    env: ["TERMINAL_CWD"],
    parse: folder,
    doc:
      "Folder in which commands begin, a container's own if they run in one; unset is a workspace.",
  }),
  timeoutMs: setting({
    key: "terminal.timeout",
    env: ["TERMINAL_TIMEOUT"],
    parse: seconds(1, 600),
    initial: "180",
    doc: "How long a command may run unless the model says otherwise, in seconds.",
  }),
  passedVariables: setting({
    key: "terminal.env_passthrough",
    parse: variableNames,
    initial: "",
    doc: "Variables that commands see although their names look like secrets.",
  }),
  image: setting({
    key: "terminal.docker_image",
    env: ["TERMINAL_DOCKER_IMAGE"],
    parse: plainText,
    initial: "nikolaik/python-nodejs:python3.11-nodejs20",
    doc: "Image of the container.",
  }),
  cpus: setting({
    key: "terminal.container_cpu",
    parse: decimal(0, 1_024),
    initial: "1",
    doc: "Processors of the container; 0 is all.",
  }),
  memoryMb: setting({
    key: "terminal.container_memory",
    parse: integer(0, 10_000_000),
    initial: "5120",
    doc: "Memory of the container in MB; 0 is all.",
  }),
  diskMb: setting({
    key: "terminal.container_disk",
    parse: integer(0, 100_000_000),
    initial: "51200",
    doc: "Disk of the container in MB, where its storage can be limited; 0 is all.",
  }),
  hasNetwork: setting({
    key: "terminal.docker_network",
    parse: boolean,
    initial: "true",
    doc: "Whether the container reaches the network.",
  }),
  volumes: setting({
    key: "terminal.docker_volumes",
    parse: volumes,
    initial: "",
    doc: "Further folders in the container, each as /on/this/machine:/in/the/container[:ro].",
  }),
  forwardedVariables: setting({
    key: "terminal.docker_forward_env",
    parse: variableNames,
    initial: "",
    doc: "Variables that the container gets, from the environment or from .env.",
  }),
  runsAsHostUser: setting({
    key: "terminal.docker_run_as_host_user",
    parse: boolean,
    initial: "true",
    doc: "Whether the container runs as the user of Hermes, and not as root.",
  }),
  extraArguments: setting({
    key: "terminal.docker_extra_args",
    parse: textList,
    initial: "",
    doc: "Further options for docker run, as a list; they can undo the protection.",
  }),
};
