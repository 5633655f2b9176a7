/**
 * Every promise of the product: an id, where it comes from, and one sentence. A test that proves a
 * promise cites its id in brackets in its name; `requirements_test.ts` fails for a promise that no
 * test cites and for a citation of an id that is not here.
 */
export interface Requirement {
  readonly id: string;
  /** `conduct`: how a bot client has to behave towards a Mattermost server. `product`: what we say in the README. */
  readonly source: "conduct" | "product";
  readonly promise: string;
}

const conduct: readonly [id: string, promise: string][] = [
  ["C01", "REST and socket URLs come from any spelling an operator may type"],
  [
    "C02",
    "The socket authenticates by header; the challenge is a fallback and says that resume is off",
  ],
  ["C03", "The token is verified by two REST calls first; 401 ends the process, no loop"],
  ["C04", "A socket without hello is a failure: REST is asked why, the back-off is not reset"],
  ["C05", "hello may come before or after the challenge's reply; unknown replies are ignored"],
  ["C06", "JSON inside JSON is parsed; what is malformed or unknown is skipped without losing seq"],
  ["C07", "A gap in seq closes the socket with 4001 and resumes at the expected seq"],
  ["C08", "A ping every 30 s; one that is unanswered at the next tick closes the socket with 4000"],
  [
    "C09",
    "A ping that is refused with 401 is checked by REST and ends the process if the token is dead",
  ],
  ["C10", "A restart resumes with the persisted connection id and seq, and then lists nothing"],
  ["C11", "hello with another id starts the catch-up; refused resume state is dropped"],
  ["C12", "The reader is never blocked by work"],
  [
    "C13",
    "Reconnecting backs off from 2 s to 60 s with jitter, resets after hello only, honours Retry-After",
  ],
  ["C14", "Frames stay under 8 KiB, request seq rises from 1, presence is never sent"],
  [
    "C15",
    "Own posts, bots, webhooks, plugins, OAuth apps and system posts are ignored; plain and /me posts are not",
  ],
  ["C16", "People are allowed by user id, and nobody by default"],
  ["C17", "A mention is what the server counts as one"],
  ["C18", "Only the matched mention is taken out of the text"],
  ["C20", "A post is handled once, whichever ways it arrives"],
  ["C22", "The catch-up pages through all that was missed, in order"],
  ["C24", "A post of which the server never told is found by a sweep"],
  [
    "C25",
    "The body of a bot without channels is no channels; an error in the middle of a body is an error",
  ],
  ["C26", "Pending ids are unguessable and stable; author and channel of the answer are verified"],
  [
    "C27",
    "A create of unknown outcome is retried with the same id, then reconciled: one stored post",
  ],
  ["C28", "The echo may come before the answer, or without it"],
  [
    "C29",
    "Text is split at the server's limit in code points, and the parts concatenate to the original",
  ],
  ["C30", "Text of the model cannot notify a whole channel"],
  [
    "C31",
    "An answer in a thread names the root; a root that is gone leads to a flat post with a note",
  ],
  ["C32", "A growing answer is edited at most once a second and its last state is always shown"],
  ["C33", "Typing is shown every 4 s with parent_id, only where the server wants it"],
  ["C36", "Errors are told apart by the server's error id, never by its words"],
  ["C37", "Redirects, HTML answers and refused upgrades each have their own diagnosis"],
  ["C39", "No token and no message text in a log, a file of state or an error"],
  ["C40", "Shutting down stops the intake, drains, and closes what grows with a note"],
];

const product: readonly [id: string, promise: string][] = [
  ["P01", "A direct message is answered without a mention"],
  ["P02", "In a public or private channel and in a group message only a mention is answered"],
  ["P03", "A stranger is answered nowhere"],
  ["P04", "With nobody listed, nobody is answered, and the start says so"],
  ["P05", "Reply mode off posts flat, and inside a thread answers inside it"],
  ["P06", "Reply mode thread answers under the message"],
  ["P07", "Two people in one channel do not see each other's history, and share it when told to"],
  ["P08", "A thread keeps its context apart"],
  ["P09", "Sessions survive a restart"],
  ["P10", "What was posted while the socket was away is answered once"],
  ["P11", "A server that is down is waited for, and the log says so"],
  ["P12", "A refused token ends the process with exit code 78 and one clear message"],
  ["P13", "Without a usable model the start ends with exit code 78 and says how to set one"],
  ["P14", "A model that fails, refuses or hangs becomes one clear post with a hint"],
  ["P15", "The model can call tools, and the transcript keeps every call with its result"],
  ["P16", "The system prompt is byte-stable through a session"],
  ["P17", "All configuration problems are reported at once, with file, key and line"],
  [
    "P18",
    "Unknown keys warn with the nearest known one; unsupported keys of the original are named",
  ],
  ["P19", "Settings come from flag, environment, .env, config.yaml and default, in this order"],
  ["P20", "A private CA and a proxy apply to REST and to the socket"],
  [
    "P21",
    "The session file is durable before an answer is shown; a torn last line is tolerated and reported",
  ],
  ["P22", "A message costs the same in the 10,000th session as in the first"],
  ["P23", "State files are 0600 in folders of 0700"],
  ["P24", "hermes demo holds a conversation over the real protocol with no configuration"],
  ["P25", "hermes doctor names what is broken and exits with 1"],
  ["P26", "SIGTERM drains and exits with 0; a second signal exits at once"],
  ["P27", "The binary ignores bunfig.toml and .env of the folder it is started in"],
  ["P28", "A second gateway with the same token does not start"],
  [
    "P29",
    "A message that was claimed and not answered when the process died is answered after the restart",
  ],
  ["P30", "The sandbox behaves like the recorded server"],
  ["P40", "Settings are written so that comments, order and everything unknown stay as they were"],
  ["P41", "Editors know every setting of config.yaml by its JSON Schema"],
  ["P42", "hermes config checks a value before it writes it, and completion knows the names"],
  ["P43", "hermes config get tells where each value comes from, and shows no secret unasked"],
  ["P44", "hermes config check names file and line of everything that is wrong"],
  ["P45", "The gateway keeps a status file of what it does, of how it ended, and of no secret"],
  ["P46", "hermes gateway status says whether the gateway runs and what it does, or how it ended"],
  ["P47", "The gateway logs to a file of bounded size, and goes on when it cannot"],
  ["P48", "hermes logs shows and follows the newest lines, for people and for scripts"],
  [
    "P49",
    "hermes gateway --replace takes the place of another gateway, and nothing is lost or repeated",
  ],
  ["P50", "hermes gateway install makes a systemd service of any path that systemd takes"],
  ["P51", "hermes gateway install makes a launchd agent on macOS"],
  ["P52", "hermes gateway start and stop work without a service manager, and say what came of it"],
  ["P53", "After a crash, and when two start at once, exactly one gateway runs"],
  ["P65", "hermes gateway setup tries each answer at once, and a gateway works with what it wrote"],
  ["P67", "Whoever leaves the setup, at whichever question, leaves both files as they were"],
  ["P68", "The setup keeps comments, order, line ends and whatever it does not know"],
  ["P69", "The setup shows no secret, not even in an error"],
  ["P73", "The setup says which values of the environment count before what it writes"],
  ["P75", "install.sh finds, verifies and installs the right archive for one person, without root"],
  ["P76", "An installation that fails changes nothing, and says in one sentence what to do"],
  ["P77", "A newer version is put in place while a gateway runs"],
  ["P78", "An install.sh of which only a part arrived does nothing"],
  ["P79", "A release is refused when something is missing, and has the same bytes each time"],
  [
    "P100",
    "A command that destroys the machine is refused in every mode; a dangerous one needs a person's yes, however it is disguised",
  ],
  ["P101", "Keys, passwords, devices and Hermes' own files are not read, and not written"],
  [
    "P102",
    "Web tools reach public addresses only, also after DNS and redirects; cloud metadata never",
  ],
  ["P103", "Secrets are hidden in tool results, answers and logs, also while an answer grows"],
  ["P104", "Text that tries to instruct the model, or hides characters, is recognised"],
  [
    "P110",
    "Tool calls that cannot disturb each other run side by side, at most 8, others in order",
  ],
  [
    "P111",
    "A session's system prompt has the same bytes after a restart, however long the session",
  ],
  ["P112", "Every call has exactly one result, wherever a turn fails or is stopped"],
  ["P113", "Calls that are written nearly right are understood, and those cut off are not run"],
  ["P114", "Results are bounded and marked, and a turn that goes in circles ends with a word"],
  ["P115", "Each kind of failure of a model has its remedies; a stand-in answers for one turn"],
  ["P116", "The reasoning effort reaches each provider in its own words, others get nothing"],
  ["P117", "Tokens and cost are kept by session, and a cost says how sure it is"],
  ["P118", "A compaction keeps the session, its file and every pair of call and result"],
  ["P119", "What people say while a turn runs is read with the next tool result, or given back"],
  ["P120", "Subagents work apart, ask nobody, and give only their report"],
  [
    "P121",
    "The wires of OpenAI, its likes, Anthropic and Google are spoken in the binary, with all their endings",
  ],
  ["P125", "The folder and exported variables of a session carry over from command to command"],
  ["P126", "A command that takes too long or is stopped ends with all that it started"],
  ["P127", "Whatever a command prints, its output costs bounded memory and bounded tokens"],
  ["P128", "No key and no token of Hermes is in the environment of a command"],
  ["P129", "Background jobs are read, written to, waited for and ended, and can report their end"],
  ["P131", "No tool opens what may not be opened, also when links are swapped while it looks"],
  [
    "P132",
    "A file is written whole or not at all, and a change leaves alone what it is not about",
  ],
  ["P133", "A search finds lines and files, keeps to .gitignore, and has bounds in all it does"],
  [
    "P135",
    "What is remembered stands in MEMORY.md and USER.md, within limits that the model is told",
  ],
  ["P136", "What Hermes learns of one person is not told to another"],
  [
    "P137",
    "Skills are listed in few words and read when they are needed; broken ones spoil nothing",
  ],
  ["P138", "The agent writes skills of its own, and nothing outside of them"],
  [
    "P139",
    "Earlier conversations are found again by those who took part in them, and by nobody else",
  ],
  [
    "P140",
    "What every request costs at least can be seen, and is less than 8,000 tokens by default",
  ],
  ["P141", "Sets of tools are switched on and off, for the chat, the terminal and jobs"],
  ["P150", "The model gets what people attach: texts, documents, images, recordings"],
  [
    "P151",
    "A file that cannot be used is told to the person and the model, and stops nothing else",
  ],
  ["P152", "Files that an answer names are sent, each once, and only from where they may"],
  ["P153", "The agent searches the web and reads pages and documents there"],
];

export const REQUIREMENTS: readonly Requirement[] = [
  ...conduct.map(([id, promise]) => ({ id, source: "conduct" as const, promise })),
  ...product.map(([id, promise]) => ({ id, source: "product" as const, promise })),
];
