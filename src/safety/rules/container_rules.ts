import { takeOptions } from "../shell/call_parts.ts";
import { type CommandRule, finding, isNamed } from "./rule.ts";

/** Containers, clusters and clouds: what stops or deletes what runs there. */
export const containerRule: CommandRule = (command) => {
  const { rest } = takeOptions(
    command.args,
    "-H -c -l -f -p --host --context --log-level --file --project-name --project-directory --profile -n --namespace --kubeconfig",
  );
  const words = rest.map(({ text }) => text);
  const all = command.args.map(({ text }) => text);
  const has = (form: RegExp) => words.slice(0, WORDS_MAX).some((text) => form.test(text));
  if (isNamed(command, "docker", "podman", "nerdctl", "docker-compose", "podman-compose")) {
    if (/^(?:run|exec|create)$/.test(words[0] ?? "")) {
      return all.some((text) =>
          /^--privileged|^(?:--(?:pid|ipc|net|network|userns|uts)=)?host$|^(?:--volume=|-v|source=)?\/?:|^type=bind,.*source=\/,|docker\.sock/
            .test(text)
        )
        ? [finding("container with host access", "gives a container the rights of the machine")]
        : [];
    }
    return has(/^(?:stop|kill|restart|down|rm|rmi|prune|remove|pause)$/)
      ? [finding("docker container lifecycle", "stops or deletes containers or what they keep")]
      : [];
  }
  const deletes =
    isNamed(command, "kubectl", "oc") && has(/^(?:delete|drain|cordon|scale|replace|rollout)$/) ||
    isNamed(command, "helm") && has(/^(?:uninstall|delete|rollback)$/) ||
    isNamed(command, "terraform", "tofu", "pulumi") &&
      (has(/^(?:destroy|down)$/) ||
        all.some((text) => /^--?(?:auto-approve|yes|destroy)$/.test(text))) ||
    isNamed(command, "aws", "gcloud", "az", "gsutil", "doctl", "heroku", "flyctl", "fly") &&
      has(/^(?:delete|delete-.*|rb|rm|remove|terminate-.*|destroy|purge)$/);
  return deletes ? [finding("delete cloud resources", "deletes or stops what runs elsewhere")] : [];
};

/** Subcommands stand at the beginning. */
const WORDS_MAX = 4;
