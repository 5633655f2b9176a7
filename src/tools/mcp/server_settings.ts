import type { Secret } from "../../runtime/secret.ts";

/** A server of tools, as the settings name it. The rest is the same for both ways to reach one. */
export type McpServerSettings =
  & {
    readonly name: string;
    readonly enabled: boolean;
    readonly callMsMax: number;
    readonly connectMsMax: number;
    /** Its calls may run side by side. */
    readonly isConcurrent: boolean;
    /** The only tools to offer, by their own names; empty for all. */
    readonly included: readonly string[];
    readonly excluded: readonly string[];
  }
  & (
    | {
      readonly kind: "program";
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, Secret>>;
    }
    | {
      readonly kind: "http";
      readonly url: string;
      readonly headers: Readonly<Record<string, Secret>>;
    }
  );
