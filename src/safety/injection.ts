import { findInvisible } from "./invisible_characters.ts";

/**
 * How much trust a text gets. `all`: what anybody may have written. `context`: files that become part
 * of the instructions, such as AGENTS.md and skills. `strict`: what the model reads again and again
 * as its own, such as memory and the prompts of jobs. Each scope looks for all that the ones before
 * it look for.
 */
export type InjectionScope = "all" | "context" | "strict";

export interface Injection {
  /** Stable, for logs and tests. */
  readonly pattern: string;
  /** In a person's words, e.g. `tells the model to ignore its instructions`. */
  readonly what: string;
}

/**
 * What in `text` looks as if it were to take the model over, hide something from people, or carry
 * secrets out. Finding nothing proves nothing: what is done on behalf of a text still needs the same
 * approvals.
 */
export function findInjections(text: string, scope: InjectionScope): readonly Injection[] {
  const scopes = SCOPES.slice(0, SCOPES.indexOf(scope) + 1);
  const plain = toPlain(text);
  const found = PATTERNS
    .filter(({ scope, forms }) => scopes.includes(scope) && forms.some((form) => form.test(plain)))
    .map(({ pattern, what }) => ({ pattern, what }));
  const hidden = findInvisible(text);
  return hidden === undefined
    ? found
    : [...found, { pattern: "invisible_characters", what: `hides characters (${hidden})` }];
}

/** Why a text must not be kept, or read as if it were ours; `undefined` when it may. */
export type RefuseText = (text: string, scope: InjectionScope) => string | undefined;

/** As `findInjections`, in words that follow a colon. */
export const refuseInjection: RefuseText = (text, scope) => {
  const [first] = findInjections(text, scope);
  return first === undefined ? undefined : `it ${first.what}`;
};

const SCOPES: readonly InjectionScope[] = ["all", "context", "strict"];

/** What a reader takes in: without invisible characters, look-alike forms, capitals and odd spaces. */
function toPlain(text: string): string {
  return text.normalize("NFKC").replace(/[\p{Cf}\u034f\u115f\u1160\u3164]/gu, "")
    .replace(/[^\S\n]+/g, " ").replace(/[’‘`]/g, "'").toLowerCase();
}

interface Row extends Injection {
  readonly scope: InjectionScope;
  /** What the plain text is held against; none of them takes more than linear time. */
  readonly forms: readonly RegExp[];
}

const PATTERNS: readonly Row[] = [
  row(
    "ignore_instructions",
    "all",
    "tells the model to ignore its instructions",
    /\b(?:ignore|disregard|forget|override|bypass|overrule)\b[\w ,']{0,30}\b(?:previous|prior|above|earlier|preceding|foregoing|existing|current|your|system|developer|all|any)\b[\w ,']{0,30}\b(?:instructions?|prompts?|directives?|programming|training|safety)\b/,
    /\b(?:ignore|disregard|forget)\b[\w ,']{0,20}\b(?:previous|prior|above|preceding|your)\b[\w ,']{0,20}\b(?:rules?|guidelines?|context|messages?|conversation|orders?)\b/,
    /\b(?:ignore|disregard|forget) (?:everything|all|anything)\b[\w ,']{0,20}\b(?:above|before|previous|said|told|so far)\b/,
    /\bignorier\w{0,3}\b.{0,30}\b(?:anweisungen|regeln|vorgaben)\b/,
    /\bignor(?:ez|e|a|en?)\b.{0,30}\b(?:instructions|instrucciones|istruzioni|instruções|consignes)\b.{0,20}\b(?:précédentes|anteriores|precedenti|ci-dessus)/,
  ),
  row(
    "new_role",
    "all",
    "gives the model another role",
    /\byou are (?:now|no longer)\b[^.\n]{0,60}\b(?:dan|jailbroken|unrestricted|unfiltered|uncensored|evil|free|bound|limited|restricted|developer mode|administrator)\b/,
    /\b(?:act|behave|respond|answer|pretend)\b[^.\n]{0,20}\bas (?:if|though) you (?:have|had|are|were)\b[^.\n]{0,10}\b(?:no|not|without|free|never)\b/,
    /\b(?:developer|god|dan|jailbreak) mode\b[^.\n]{0,20}\b(?:enabled|activated|on|unlocked)\b/,
    /\bfrom now on,? you (?:will|must|shall|are to|have to)\b[^.\n]{0,40}\b(?:obey|follow|ignore|only|comply)\b/,
  ),
  row(
    "false_system_message",
    "all",
    "poses as a message of the system",
    /<\|?(?:im_start|im_end|system|endoftext|start_header_id|assistant)\|?>/,
    /<\/?(?:system|system[_-](?:prompt|message|instructions?))>/,
    /\[\/?(?:inst|system|sys)\]|<<sys>>/,
    /(?:^|\n)[ #*>_-]{0,8}(?:new |updated |urgent |important )?(?:system|developer) ?(?:prompt|message|instructions?|override|notice)?[ *_]{0,3}:/,
    /\b(?:system|safety|prompt) (?:prompt |instructions? )?override\b/,
    /\b(?:new|updated|revised|real|actual) (?:system )?instructions?[ *_]{0,3}:/,
  ),
  row(
    "hide_from_people",
    "all",
    "tells the model to hide something from people",
    /\b(?:do not|don't|never|must not|should not|without)\b[^.\n]{0,20}\b(?:tell|telling|inform|informing|notify|notifying|alert|alerting)\b[^.\n]{0,30}\b(?:users?|humans?|persons?|people|operators?|owner|anyone|anybody)\b/,
    /\b(?:do not|don't|never)\b[^.\n]{0,20}\b(?:mention|reveal|disclose|show)\b[^.\n]{0,10}\b(?:this|these|it|that you)\b[^.\n]{0,40}\b(?:users?|humans?|people|operators?|anyone|anybody)\b/,
    /\b(?:secretly|covertly|silently|quietly)\b[^.\n]{0,20}\b(?:send|post|run|execute|upload|install|copy|forward|delete|add)\b/,
  ),
  row(
    "reveal_instructions",
    "all",
    "asks for the model's instructions",
    /\b(?:reveal|print|repeat|output|show|leak|dump|display|reproduce)\b[^.\n]{0,40}\b(?:system prompt|hidden instructions|initial instructions|your instructions|developer message)\b/,
  ),
  row(
    "hidden_markup",
    "all",
    "hides text in markup",
    /<!--(?:(?!-->)[^]){0,600}?\b(?:ignore (?:all|any|previous|the|your)|instructions? (?:for|to) (?:the )?(?:ai|agents?|model)|assistant|you must|you are|ai agent|system prompt|do not tell|execute (?:this|the)|exfiltrate)\b/,
    /<[a-z][^>]{0,300}\b(?:display ?: ?none|visibility ?: ?hidden|font-size ?: ?0(?![.\d])|opacity ?: ?0(?![.\d]))/,
  ),
  row(
    "carries_secrets_out",
    "all",
    "would carry secrets out",
    /\b(?:curl|wget|nc|ncat|fetch|http|https|invoke-webrequest|scp)\b[^\n]{0,200}(?:\$\{?\w{0,40}(?:key|token|secret|password|passwd)|(?:\.env\b|id_(?:rsa|ed25519)|\.netrc|\.ssh\/|\.aws\/|\.pgpass|\/etc\/shadow))/,
    /\b(?:cat|base64|printenv|env)\b[^\n|]{0,100}\|[^\n]{0,60}\b(?:curl|wget|nc|ncat)\b/,
    /\b(?:send|post|upload|exfiltrate|transmit|e-?mail|forward|submit|leak)\b[^.\n]{0,60}\b(?:api[ _-]?keys?|tokens?|passwords?|credentials?|secrets?|private keys?)\b[^\n]{0,60}(?:https?:|@|\bwebhook|\bserver|\battacker)/,
    /\b(?:exfiltrate|steal|harvest)\b[^.\n]{0,60}\b(?:(?:api[ _-]?keys?|tokens?|passwords?|credentials?|secrets?|private keys?)|data|files?|conversations?|environment)\b/,
    /!\[[^\]\n]{0,100}\]\(https?:\/\/[^)\s]{0,200}[?&]\w{1,30}=(?:\$|\{|<|%7b)/,
  ),
  row(
    "remote_control",
    "context",
    "would give somebody control from outside",
    /\/dev\/(?:tcp|udp)\/|\bnc(?:at)? [^\n]{0,60}-[a-z]{0,4}[ec]\b|\bbash -i\b[^\n]{0,10}>&/,
    /\b(?:reverse|bind)[ -]shell\b|\bcommand[ -]and[ -]control\b|\bc2 (?:server|channel|beacon)\b/,
    /\bbeacon(?:s|ing)? (?:back )?to\b|\b(?:connect|check|call|phone|report) (?:back|home|in) to\b[^\n]{0,60}https?:/,
  ),
  row(
    "reads_secrets",
    "context",
    "tells the model to read secrets",
    /\b(?:cat|less|head|tail|base64|xxd|type|open|read|print)\b[^.\n]{0,60}(?:\.env\b|id_(?:rsa|ed25519)|\.netrc|\.ssh\/|\.aws\/|\.pgpass|\/etc\/shadow)/,
  ),
  row(
    "opens_door",
    "strict",
    "would open a door for somebody",
    /authorized_keys|\bssh-(?:rsa|ed25519) aaaa|\bnopasswd\b|\/etc\/sudoers/,
    /\bchmod [^\n]{0,40}(?:\+s\b|4[0-7]{3}\b)|\b(?:useradd|adduser|usermod)\b/,
  ),
  row(
    "stays_on_machine",
    "strict",
    "would make something run by itself",
    /\bcrontab -|\/etc\/cron|>> ?~?\/?[^\n]{0,60}(?:\.bashrc|\.zshrc|\.profile|\.bash_profile)\b/,
    /\bsystemctl (?:--user )?enable\b|\blaunchctl (?:load|bootstrap)\b|ld_preload/,
  ),
  row(
    "runs_foreign_code",
    "strict",
    "would run code from the network",
    /\b(?:curl|wget)\b[^\n|]{0,300}\| ?(?:sudo )?(?:ba|z|da|k)?sh\b/,
    /\b(?:ba|z|da|k)?sh <\( ?(?:curl|wget)\b|\beval\b[^\n]{0,20}\$\( ?(?:curl|wget)\b/,
  ),
  row(
    "weakens_approvals",
    "strict",
    "would switch off approvals",
    /\bapprovals?[._ ]?mode\b|\bcommand_allowlist\b|--yolo\b|\byolo mode\b|\bcron_mode\b/,
    /\b(?:always|automatically|auto-?)\b[^.\n]{0,20}\bapprov(?:e|es|ed|al)\b[^.\n]{0,30}\b(?:commands?|requests?|everything|all)\b/,
  ),
  row(
    "destroys",
    "strict",
    "would destroy files",
    /\brm -[a-z]{0,6}(?:rf|fr)[a-z]{0,4} (?:--no-preserve-root )?["']?[\/~$]|\bmkfs\b|\bdd [^\n]{0,100}of=\/dev\//,
  ),
];

function row(
  pattern: string,
  scope: InjectionScope,
  what: string,
  ...forms: readonly RegExp[]
): Row {
  return { pattern, scope, what, forms };
}
