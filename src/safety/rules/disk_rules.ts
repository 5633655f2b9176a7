import type { PathPlaces } from "../path_rules.ts";
import type { RunCommand } from "../shell/run_commands.ts";
import {
  type CommandFinding,
  type CommandRule,
  finding,
  forbidden,
  isNamed,
  partsOf,
  pathsOf,
} from "./rule.ts";
import { writesOf } from "./writes_of.ts";

/** Disks and what is made of them, by the names that Linux and macOS give them; and the memory. */
const DEVICE =
  /^\/dev\/(?:(?:sd|hd|vd|xvd|nvme|mmcblk|md|dm-|loop|nbd|sr|zram|pmem)[a-z0-9]*|r?disk\d[a-z0-9]*|(?:mapper|disk\/by-[a-z]+|zvol)\/.+|k?mem|port)$/;

/** Commands that write to disks past the file system, or make a new one. */
export const diskRule: CommandRule = (command, places) => {
  const findings = [...judgeTool(command, places)];
  const writesDevice = writesOf(command).some((text) => isDevice(text, command, places));
  if (writesDevice && command.name !== "dd") {
    findings.push(forbidden("redirect to raw block device", "overwrites a whole disk"));
  }
  return findings;
};

function judgeTool(command: RunCommand, places: PathPlaces): readonly CommandFinding[] {
  const { name, args } = command;
  const texts = args.map(({ text }) => text);
  const onDevice = texts.some((text) => isDevice(text, command, places));
  if (/^(?:mkfs(?:\..+)?|mke2fs|newfs(?:_.+)?|mkswap|mkdosfs|mkntfs)$/.test(name)) {
    return judgeFormat(command, onDevice);
  }
  if (isNamed(command, "dd")) return judgeCopy(command, places);
  if (
    name === "diskutil" &&
    /\b(?:erase|zero|random|secureerase|reformat|partition)/i.test(texts.join(" "))
  ) {
    return [forbidden("format filesystem", "erases a disk")];
  }
  if (
    name === "cryptsetup" && texts.some((text) => /^(?:luksFormat|luksErase|erase)$/i.test(text))
  ) {
    return [forbidden("wipe raw block device", "erases a disk")];
  }
  const isLook = texts.some((text) =>
    /^(?:-l|--list|-p|--print|print|--no-act|--help)$/.test(text)
  );
  if (
    onDevice && !isLook &&
    /^(?:wipefs|sgdisk|gdisk|fdisk|sfdisk|cfdisk|parted|blkdiscard|shred|wipe|hdparm|nvme)$/.test(
      name,
    )
  ) {
    return [forbidden("wipe raw block device", "erases a disk or its partitions")];
  }
  if (
    /^(?:lv|vg|pv)remove$/.test(name) || (/^(?:zpool|zfs)$/.test(name) && texts.includes("destroy"))
  ) {
    return [finding("remove volume", "removes a volume with all that is on it")];
  }
  return [];
}

/** A file system may also be made in a file. */
function judgeFormat(command: RunCommand, onDevice: boolean): readonly CommandFinding[] {
  const { rest } = partsOf(command, "-t -L -b -i -N -O -E -m -U -F -n");
  const isFile = !onDevice && rest.length > 0 && rest.every(({ isKnown }) => isKnown) &&
    !rest.some(({ text }) => text.startsWith("/dev/"));
  if (isFile) return [finding("format filesystem in a file", "makes a file a file system")];
  return [forbidden("format filesystem", "makes a disk empty")];
}

function judgeCopy(command: RunCommand, places: PathPlaces): readonly CommandFinding[] {
  const valueOf = (key: string) =>
    command.args.filter(({ text }) => text.startsWith(key)).map((word) => ({
      ...word,
      text: word.text.slice(key.length),
    }));
  const targets = valueOf("of=");
  if (targets.some(({ text }) => isDevice(text, command, places))) {
    return [forbidden("dd to raw block device", "overwrites a whole disk")];
  }
  const isUnsure = targets.some(({ isKnown }) => !isKnown) ||
    valueOf("if=").some(({ text, isKnown }) => !isKnown || isDevice(text, command, places));
  return isUnsure ? [finding("disk copy", "copies a disk, or to a place that is not known")] : [];
}

function isDevice(text: string, command: RunCommand, places: PathPlaces): boolean {
  return pathsOf(text, command, places).some((path) => DEVICE.test(path));
}
