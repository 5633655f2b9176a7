import { join, relative, sep } from "node:path";

/** The folders that the rules are about, without links: `realPathOf` makes them so. */
export interface PathPlaces {
  /** Home folder of the person or account that Hermes runs as. */
  readonly userHome: string;
  /** Where Hermes' settings, sessions and state are. */
  readonly hermesHome: string;
  /** The only folder in which files may be written, if there is such a limit. */
  readonly writeRoot?: string | undefined;
}

export type PathVerdict =
  | { readonly kind: "allowed" }
  | {
    readonly kind: "refused";
    readonly why: "secret" | "system" | "hermes" | "startup" | "outside_write_root";
    /** Goes on after "Cannot read X:". */
    readonly reason: string;
  };

/**
 * Whether a tool may read the file or folder at `realPath`, which has no links in it. Everything may
 * be read but secrets, devices, what the system keeps for itself, and Hermes' own files.
 */
export function judgeRead(realPath: string, places: PathPlaces): PathVerdict {
  if (SYSTEM_FOLDERS.some((folder) => isInside(realPath, folder))) {
    return refuse("system", "it is part of the system");
  }
  if (isSecret(realPath)) return refuse("secret", "it may hold keys or passwords");
  if (isClosedPartOfHermes(realPath, HERMES_READABLE, places)) {
    return refuse("hermes", "it belongs to Hermes itself");
  }
  return { kind: "allowed" };
}

/**
 * Whether a tool may make or change the file at `realPath`: not where reading is closed, nor where it
 * would change the system or make programs run by themselves.
 */
export function judgeWrite(realPath: string, places: PathPlaces): PathVerdict {
  if (HARMLESS_DEVICES.has(realPath)) return { kind: "allowed" };
  if (places.writeRoot !== undefined && !isInside(realPath, places.writeRoot)) {
    return refuse("outside_write_root", `files may be written in ${places.writeRoot} only`);
  }
  const reading = judgeRead(realPath, places);
  if (reading.kind === "refused") return reading;
  if (WRITE_CLOSED.some((folder) => isInside(realPath, folder))) {
    return refuse("system", "it is part of the system");
  }
  if (isClosedPartOfHermes(realPath, HERMES_WRITABLE, places)) {
    return refuse("hermes", "it belongs to Hermes itself");
  }
  if (isStartup(realPath, places)) return refuse("startup", "it makes programs run by themselves");
  return { kind: "allowed" };
}

/** Hold what looks like files, but tells the environment of processes or never ends. */
const SYSTEM_FOLDERS = ["/proc", "/sys", "/dev"];
/** What a shell may write to without harm. */
const HARMLESS_DEVICES = new Set(["/dev/null", "/dev/stdout", "/dev/stderr", "/dev/tty"]);

/** Part of every system; what people put into /opt, /srv and /usr/local is not. */
const WRITE_CLOSED = [
  ...["/etc", "/boot", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"],
  ...["/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib64", "/usr/libexec", "/usr/include"],
  ...["/usr/share", "/var/spool/cron", "/var/lib/systemd", "/var/lib/dpkg", "/var/lib/rpm"],
  ...["/system", "/library", "/private/etc", "/private/var/db"],
];

/** Folders that hold keys, wherever they are; in lower case, as are the names below. */
const SECRET_FOLDERS = new Set([
  ...[".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker", "gcloud", ".oci", ".password-store"],
  ...["keychains", "keyrings", ".1password", ".bitwarden", ".mozilla", ".putty"],
]);
/** The same for places that only two names together tell. */
const SECRET_PATHS = [
  ...["/.config/gh/", "/.config/hub", "/.config/glab-cli/", "/.config/rclone/", "/.config/op/"],
  ...["/.config/google-chrome/", "/.config/chromium/", "/run/secrets/", "/etc/ssl/private/"],
  ...["/etc/sudoers.d/", "/etc/wireguard/", "/etc/kubernetes/", "/etc/letsencrypt/"],
];
/** Names of files that hold passwords, tokens or keys. */
const SECRET_NAMES = [
  /^\.env(rc$|\.(?!example$|sample$|template$|dist$)|$)/,
  /\.env$/,
  /^[._](netrc|npmrc|pypirc|pgpass|git-credentials|htpasswd|my\.cnf|mylogin\.cnf|dockercfg)$/,
  /^\.(s3cfg|boto|vault-token|databrickscfg|terraformrc|yarnrc\.yml|rediscli_auth)$/,
  /^\.\w+_history$/,
  /\.(pem|key|p12|pfx|jks|keystore|kdbx|ppk|gpg|pgp|ovpn)$/,
  /^id_(rsa|dsa|ecdsa|ed25519)\b/,
  /^ssh_host_\w+_key$/,
  /^\.?(tokens?|secrets?|credentials?|auth)(\.(json|ya?ml|toml|ini|txt))?$/,
  /^(client_secret|service[-_]account).*\.json$/,
  /^(g?shadow|sudoers|master\.passwd)-?$/,
  /^(docker|containerd|podman)\.sock$/,
];

function isSecret(path: string): boolean {
  const lower = path.toLowerCase();
  const names = lower.split(sep);
  if (names.some((name) => SECRET_FOLDERS.has(name))) return true;
  if (SECRET_PATHS.some((part) => `${lower}/`.includes(part))) return true;
  return SECRET_NAMES.some((name) => name.test(names.at(-1) ?? ""));
}

/** What tools may see of Hermes' home, and what they may change without a tool made for it. */
const HERMES_WRITABLE = ["workspace", "cache", "image_cache", "audio_cache"];
const HERMES_READABLE = [...HERMES_WRITABLE, "skills", "memories", "cron/output"];

function isClosedPartOfHermes(
  path: string,
  open: readonly string[],
  { hermesHome }: PathPlaces,
): boolean {
  if (!isInside(path, hermesHome)) return false;
  const way = relative(hermesHome, path);
  return !open.some((folder) => way === folder || way.startsWith(`${folder}${sep}`));
}

/** In the home folder: read by every shell, or started with the session. */
const STARTUP_NAMES = new Set([
  ...[".bashrc", ".bash_profile", ".bash_login", ".bash_logout", ".profile", ".inputrc"],
  ...[".zshrc", ".zprofile", ".zshenv", ".zlogin", ".zlogout", ".kshrc", ".cshrc", ".tcshrc"],
  ...[".gitconfig", ".xprofile", ".xsession", ".xinitrc", ".pam_environment", ".vimrc"],
]);
const STARTUP_FOLDERS = [
  ...[".config/systemd", ".config/autostart", ".config/environment.d", ".config/fish"],
  ...[".config/git", ".local/share/systemd", "library/launchagents", ".config/launchd"],
];
/** Git runs what these hold. */
const GIT_STARTUP = /\/\.git\/(hooks(\/|$)|config$|info\/attributes$)/;

function isStartup(path: string, { userHome }: PathPlaces): boolean {
  const lower = path.toLowerCase();
  if (GIT_STARTUP.test(lower)) return true;
  const home = userHome.toLowerCase();
  if (STARTUP_FOLDERS.some((folder) => isInside(lower, join(home, folder)))) return true;
  const way = relative(home, lower);
  return STARTUP_NAMES.has(way);
}

/** Compares in lower case: a refusal must also hold on file systems that do not tell cases apart. */
function isInside(path: string, folder: string): boolean {
  const way = relative(folder.toLowerCase(), path.toLowerCase());
  return way !== ".." && !way.startsWith(`..${sep}`) && !way.startsWith(sep);
}

function refuse(
  why: Extract<PathVerdict, { kind: "refused" }>["why"],
  reason: string,
): PathVerdict {
  return { kind: "refused", why, reason };
}
