/** The house rules that a machine can check. Loaded by `deno lint` (see `deno.json`). */

/**
 * Which folder under src/ may import which. Each row names earlier rows only, so there are no
 * cycles; `models`, `tools`, `agent` and `cron` do not list `mattermost`: they work without it.
 */
const LAYERS: readonly [folder: string, mayImport: string][] = [
  ["errors.ts", ""],
  ["runtime", "errors.ts"],
  ["transcript", "errors.ts"],
  ["config", "errors.ts runtime"],
  ["mattermost", "errors.ts runtime"],
  ["models", "errors.ts runtime transcript"],
  ["sessions", "errors.ts runtime transcript"],
  ["cron", "errors.ts runtime"],
  ["safety", "errors.ts runtime"],
  ["files", "errors.ts runtime safety"],
  ["memory", "errors.ts runtime safety"],
  ["skills", "errors.ts runtime safety"],
  ["tools", "errors.ts runtime transcript models sessions cron safety files memory skills"],
  ["agent", "errors.ts runtime transcript models sessions cron safety files memory skills tools"],
  ["replies", "errors.ts runtime mattermost safety agent"],
  [
    "gateway",
    "errors.ts runtime transcript config mattermost models sessions cron safety files memory skills tools agent replies",
  ],
  ["sandbox", "errors.ts runtime transcript mattermost models"],
  [
    "cli",
    "errors.ts runtime transcript config mattermost models sessions cron safety files memory skills tools agent replies gateway sandbox",
  ],
];
const MAY_IMPORT = new Map(LAYERS.map(([folder, names]) => [folder, names.split(" ")]));

/** Longest function, in lines: what fits on a screen. The number is TigerBeetle's. */
const FUNCTION_LINES_MAX = 70;
/** Longest file under src/, in lines. */
const FILE_LINES_MAX = 400;

/** Things every file can reach and few may touch: `name` and the folders that own it. */
const AMBIENT: readonly [name: string, owners: readonly string[]][] = [
  ["Date.now", ["runtime"]],
  ["Math.random", ["runtime"]],
  ["performance.now", ["runtime"]],
  ["crypto.randomUUID", ["runtime"]],
  ["process.env", ["runtime", "cli"]],
  ["process.exit", ["cli"]],
  ["process.on", ["runtime"]],
  ["console.log", ["cli"]],
  ["console.error", ["cli"]],
  ["globalThis.fetch", ["runtime"]],
];

/** Globals that stand alone: waiting and the network belong to `runtime/`. */
const AMBIENT_CALLS: readonly [name: string, owners: readonly string[]][] = [
  ["setTimeout", ["runtime"]],
  ["setInterval", ["runtime"]],
  ["fetch", ["runtime"]],
];

function folderOf(filename: string): string | undefined {
  return filename.match(/\/src\/([^/]+)/)?.[1];
}

const layers: Deno.lint.Rule = {
  create(context) {
    const folder = folderOf(context.filename);
    if (folder === undefined) return {};
    const check = (node: Deno.lint.Node, specifier: string) => {
      const target = specifier.match(/^(?:\.\.\/)+([^/]+)/)?.[1];
      if (target === undefined || !specifier.startsWith("../")) return;
      if (target === "deno.json" && folder === "cli") return;
      const within = context.filename.split("/src/")[1]?.split("/").length ?? 0;
      if (specifier.split("../").length < within) return; // Stays inside its own folder.
      if (MAY_IMPORT.get(folder)?.includes(target) === true) return;
      context.report({ node, message: `src/${folder} may not import src/${target}` });
    };
    return {
      ImportDeclaration: (node) => check(node, node.source.value),
      ExportAllDeclaration: (node) => check(node, node.source.value),
      ImportExpression: (node) => {
        if (node.source.type === "Literal") check(node, String(node.source.value));
      },
    };
  },
};

const ambient: Deno.lint.Rule = {
  create(context) {
    const folder = folderOf(context.filename);
    if (folder === undefined) return {};
    const report = (node: Deno.lint.Node, name: string, owners: readonly string[]) => {
      if (owners.includes(folder)) return;
      context.report({
        node,
        message: `${name} belongs to ${owners.join(" and ")}; take it as a parameter`,
      });
    };
    return {
      MemberExpression(node) {
        const text = context.sourceCode.getText(node);
        const found = AMBIENT.find(([name]) => name === text);
        if (found !== undefined) report(node, ...found);
      },
      CallExpression(node) {
        if (node.callee.type !== "Identifier") return;
        const called = node.callee.name;
        const found = AMBIENT_CALLS.find(([name]) => name === called);
        if (found !== undefined) report(node, ...found);
      },
      NewExpression(node) {
        if (context.sourceCode.getText(node) === "new Date()") {
          report(node, "new Date()", ["runtime"]);
        }
      },
    };
  },
};

const functionLines: Deno.lint.Rule = {
  create(context) {
    const check = (node: Deno.lint.Node) => {
      const lines = context.sourceCode.getText(node).split("\n").length;
      if (lines <= FUNCTION_LINES_MAX || folderOf(context.filename) === undefined) return;
      context.report({ node, message: `${lines} lines: split it (most is ${FUNCTION_LINES_MAX})` });
    };
    return {
      FunctionDeclaration: check,
      FunctionExpression: check,
      ArrowFunctionExpression: check,
    };
  },
};

const fileLines: Deno.lint.Rule = {
  create(context) {
    return {
      Program(node) {
        const lines = context.sourceCode.text.split("\n").length - 1;
        if (lines <= FILE_LINES_MAX || folderOf(context.filename) === undefined) return;
        context.report({
          node,
          message: `${lines} lines: redesign it (most is ${FILE_LINES_MAX})`,
        });
      },
    };
  },
};

/** Named exports only, and nothing that TypeScript would have to compile away. */
const plainModules: Deno.lint.Rule = {
  create(context) {
    if (folderOf(context.filename) === undefined) return {};
    const report = (node: Deno.lint.Node, what: string) =>
      context.report({ node, message: `${what}: use a plain named export` });
    return {
      ExportDefaultDeclaration: (node) => report(node, "default export"),
      TSEnumDeclaration: (node) => report(node, "enum"),
      TSParameterProperty: (node) => report(node, "parameter property"),
      "Program > VariableDeclaration[kind='let']": (node: Deno.lint.Node) =>
        context.report({ node, message: "module-level let: state needs an owner" }),
    };
  },
};

const plugin: Deno.lint.Plugin = {
  name: "hermes",
  rules: {
    layers,
    ambient,
    "function-lines": functionLines,
    "file-lines": fileLines,
    "plain-modules": plainModules,
  },
};
export default plugin;
