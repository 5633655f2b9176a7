#!/bin/sh
# Installs hermes for one person, without root, or updates it in place:
#
#   curl -fsSL RELEASES/latest/download/install.sh | sh
#   curl -fsSL RELEASES/latest/download/install.sh | sh -s -- --to ~/bin --version 1.2.3
#
# Needs curl or wget, tar, and one of sha256sum, shasum and openssl. When it fails, nothing has
# changed. Everything is in functions, so that half of this file does nothing.
set -eu

# Where the releases are: `deno task release` writes it in.
RELEASES_URL=''

usage() {
  cat << 'END'
Installs hermes, or updates it in place. It needs no root.

Usage: install.sh [--to DIR] [--version VERSION]

  --to DIR           where to put the program; ~/.local/bin without it
  --version VERSION  which version, e.g. 1.2.3; the newest without it
  -h, --help         show this help

Environment:
  HERMES_INSTALL_URL  another place to download from
  HERMES_VERSION      the same as --version

Examples:
  sh install.sh
  sh install.sh --to /opt/hermes/bin --version 1.2.3

Exit codes: 0 installed, 1 failed and nothing has changed, 2 wrong command line.
END
}

main() {
  read_options "$@"
  platform=$(find_platform)
  require_tools
  open_work_folder
  download_archive
  unpack
  try_program
  put_in_place
  tell_result
}

read_options() {
  wanted=${HERMES_VERSION:-}
  target_dir=${HOME:+$HOME/.local/bin}
  while [ $# -gt 0 ]; do
    case $1 in
      --to=* | --version=*)
        option=${1%%=*} value=${1#*=}
        shift
        set -- "$option" "$value" "$@"
        continue
        ;;
      --to | --version)
        [ -n "${2:-}" ] || refuse "$1 needs a value"
        if [ "$1" = --to ]; then target_dir=$2; else wanted=$2; fi
        shift
        ;;
      -h | --help)
        usage
        exit 0
        ;;
      *) refuse "There is no option '$1'" ;;
    esac
    shift
  done

  wanted=${wanted#v}
  case $wanted in *[!0-9A-Za-z.+-]*) refuse "'$wanted' is not a version" ;; esac
  case $target_dir in
    '') fail 'Cannot tell where to install: HOME is not set.' 'Name a folder with --to.' ;;
    /*) ;;
    # The shell leaves it as it is behind an equals sign.
    [~]/*) target_dir=$HOME/${target_dir#*/} ;;
    *) target_dir=$(pwd)/$target_dir ;;
  esac
  releases=${HERMES_INSTALL_URL:-$RELEASES_URL}
  releases=${releases%/}
  case $releases in
    http://?* | https://?*) ;;
    '')
      fail 'Cannot tell where to download from.' \
        'Set HERMES_INSTALL_URL to the address of the releases.'
      ;;
    *)
      fail "Cannot download from '$releases': it does not begin with https://." \
        'Correct HERMES_INSTALL_URL.'
      ;;
  esac
}

refuse() {
  printf "%s.\n  Run it with --help to see what there is.\n" "$1" >&2
  exit 2
}

# Says what is wrong, and what to do about it.
fail() {
  printf '%s\n  %s\n' "$1" "$2" >&2
  exit 1
}

has() {
  command -v "$1" > /dev/null 2>&1
}

find_platform() {
  system=$(uname -s)
  machine=$(uname -m)
  case $system in
    Linux) system=linux ;;
    Darwin) system=darwin ;;
    *)
      fail "Cannot install on $system: there is hermes for Linux and macOS only." \
        'On Windows, install it in WSL.'
      ;;
  esac
  case $machine in
    x86_64 | amd64) machine=x64 ;;
    aarch64 | arm64) machine=arm64 ;;
    *)
      fail "Cannot install on $machine: there is hermes for processors of x64 and arm64 only." \
        'Choose another machine.'
      ;;
  esac
  # In Rosetta a shell is told of an Intel processor.
  if [ "$system-$machine" = darwin-x64 ] &&
    [ "$(sysctl -n sysctl.proc_translated 2> /dev/null)" = 1 ]; then
    machine=arm64
  fi
  if [ "$system" = linux ] && is_musl; then machine=$machine-musl; fi
  printf '%s-%s\n' "$system" "$machine"
}

# Whether programs stand on musl here, as on Alpine, and not on glibc.
is_musl() {
  if has ldd; then
    ldd --version 2>&1 | grep -qi musl
  else
    ls /lib/ld-musl-* > /dev/null 2>&1
  fi
}

require_tools() {
  has curl || has wget ||
    fail 'Cannot download: there is neither curl nor wget.' 'Install one of them.'
  has sha256sum || has shasum || has openssl ||
    fail 'Cannot verify a download: there is neither sha256sum nor shasum nor openssl.' \
      'Install one of them.'
  has tar || fail 'Cannot unpack a download: there is no tar.' 'Install it.'
}

# All the work is done in a folder of the target, so that its last step is to rename a file.
open_work_folder() {
  for name in hermes hermes.previous; do
    [ ! -d "$target_dir/$name" ] ||
      fail "Cannot install to $target_dir: $name is a folder there." 'Choose another place with --to.'
  done
  existing_dir=$target_dir
  while [ ! -d "$existing_dir" ]; do existing_dir=$(dirname "$existing_dir"); done
  work_dir=''
  trap clean_up EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  if ! made=$(mkdir -p "$target_dir" 2>&1 &&
    mktemp -d "$target_dir/.hermes-install-XXXXXX" 2>&1); then
    fail "Cannot write to $target_dir: ${made##*: }." 'Choose a folder of your own with --to.'
  fi
  work_dir=$made
  log=$work_dir/log
  target=${target_dir%/}/hermes
}

# Leaves nothing behind but what was put in place, not even the folders that were made for it.
# shellcheck disable=SC2317 # The traps call it.
clean_up() {
  [ -z "$work_dir" ] || rm -rf "$work_dir"
  made_dir=$target_dir
  while [ "$made_dir" != "$existing_dir" ] && rmdir "$made_dir" 2> /dev/null; do
    made_dir=$(dirname "$made_dir")
  done
}

download_archive() {
  sums_url=$releases/latest/download/SHA256SUMS
  [ -z "$wanted" ] || sums_url=$releases/download/v$wanted/SHA256SUMS
  download "$sums_url" "$work_dir/SHA256SUMS" quietly \
    'Check the address, the version and the network.'
  archive=''
  while read -r sum name; do
    case "$wanted $name" in
      " hermes-"*"-$platform.tar.gz" | "$wanted hermes-$wanted-$platform.tar.gz")
        archive=$name
        break
        ;;
    esac
  done < "$work_dir/SHA256SUMS"
  [ -n "$archive" ] ||
    fail "Cannot find hermes for $platform in $sums_url." 'Try another version with --version.'
  version=${archive#hermes-}
  version=${version%"-$platform.tar.gz"}

  [ ! -t 2 ] || printf 'Downloading hermes %s for %s.\n' "$version" "$platform" >&2
  download "$releases/download/v$version/$archive" "$work_dir/archive.tar.gz" visibly 'Try it again.'
  found=$(sum_of "$work_dir/archive.tar.gz")
  [ "$found" = "$sum" ] ||
    fail "Cannot use $archive: it is damaged, its SHA-256 is not $sum." 'Try it again.'
}

# download URL FILE quietly|visibly REMEDY
download() {
  url=$1 file=$2 remedy=$4
  shows_progress=no
  if [ "$3" = visibly ] && [ -t 2 ]; then shows_progress=yes; fi
  if has curl; then
    # An encrypted way stays one, wherever it leads.
    case $url in https:*) set -- --proto '=https' --tlsv1.2 ;; *) set -- ;; esac
    set -- curl -fSL "$@" --connect-timeout 30 --speed-time 60 --speed-limit 1 -o "$file" "$url"
    if [ "$shows_progress" = yes ]; then set -- "$@" --progress-bar; else set -- "$@" -s; fi
  else
    # Without a time limit: a busybox that was built without them crashes of -T.
    set -- wget -O "$file" "$url"
  fi
  if [ "$shows_progress" = yes ]; then
    "$@" || fail "Cannot download $url: see above." "$remedy"
  elif ! "$@" 2> "$log"; then
    fail "Cannot download $url: $(download_failure)." "$remedy"
  fi
}

reason_in_log() {
  grep . "$log" | head -n 1
}

# The last line of curl or wget, without its own name and the time.
download_failure() {
  grep . "$log" | tail -n 1 |
    sed 's/^curl: ([0-9]*) //; s/^wget: //; s/^[-0-9]* [0-9:]* //; s/\.$//'
}

sum_of() {
  if has sha256sum; then
    sha256sum < "$1"
  elif has shasum; then
    shasum -a 256 < "$1"
  else
    openssl dgst -sha256 -r < "$1"
  fi | cut -c 1-64
}

unpack() {
  # As root, tar would give the file to the owner that the archive names.
  tar -xzof "$work_dir/archive.tar.gz" -C "$work_dir" hermes 2> "$log" ||
    fail "Cannot unpack $archive: $(reason_in_log)." 'Check that the disk is not full.'
  chmod 755 "$work_dir/hermes"
}

# What does not start here does not take the place of what does.
try_program() {
  if ! said=$("$work_dir/hermes" --version 2>&1 < /dev/null); then
    remedy='Choose a folder with --to whose file system lets programs run.'
    case $said in
      *libstdc++* | *libgcc*)
        remedy='Install the library libstdc++ first.'
        if has apk; then remedy='Install what it needs first: apk add libstdc++'; fi
        ;;
      *ermission\ denied*) ;;
      *) remedy='Choose another version with --version, or another machine.' ;;
    esac
    first_line=$(printf '%s\n' "$said" | head -n 1)
    fail "Cannot use hermes $version: it does not start here ($first_line)." "$remedy"
  fi
  [ "$said" = "$version" ] ||
    fail "Cannot use $archive: the program in it says that it is version '$said'." \
      'Choose another version with --version.'
}

# A program that runs keeps its file, though the name leads to another one.
put_in_place() {
  change=installed
  if [ -e "$target" ] || [ -L "$target" ]; then
    change=updated
    if cmp -s "$target" "$work_dir/hermes"; then
      change=unchanged
      return
    fi
    # A link is kept as one.
    if [ -L "$target" ] || ! ln "$target" "$work_dir/previous" 2> /dev/null; then
      cp -pP "$target" "$work_dir/previous" 2> "$log" ||
        fail "Cannot keep the program from before: $(reason_in_log)." \
          'Check that the disk is not full.'
    fi
  fi
  mv -f "$work_dir/hermes" "$target" 2> "$log" ||
    fail "Cannot replace $target: $(reason_in_log)." 'Choose a folder of your own with --to.'
  if [ "$change" = updated ] && mv -f "$work_dir/previous" "$target.previous"; then
    change=updated_and_kept
  fi
}

tell_result() {
  case $change in
    installed) printf 'hermes %s is installed: %s\n' "$version" "$target" ;;
    unchanged) printf 'hermes %s was installed already: %s\n' "$version" "$target" ;;
    updated*)
      printf 'hermes is version %s now: %s\n' "$version" "$target"
      if [ "$change" = updated_and_kept ]; then
        printf 'What was there before is kept; to go back: hermes update --rollback\n'
      fi
      if "$target" gateway status > /dev/null 2>&1 < /dev/null; then
        printf 'The gateway runs the old version until you restart it: hermes gateway restart\n'
      fi
      ;;
  esac
  case :$PATH: in
    *:"${target%/hermes}":*)
      first=$(command -v hermes || true)
      if [ "$first" != "$target" ]; then
        printf 'Another one comes first in your PATH: %s\n' "$first"
      fi
      ;;
    *) tell_path ;;
  esac
  if [ "$change" = installed ]; then printf 'Go on with: hermes gateway setup\n'; fi
}

# The line with which the shell of this person finds the program.
tell_path() {
  shown_dir=${target%/hermes}
  printf '%s is not in your PATH. Add it, and open a new terminal:\n' "$shown_dir"
  case $shown_dir in "${HOME:-/}"/*) shown_dir=\$HOME${shown_dir#"$HOME"} ;; esac
  profile=.profile
  case ${SHELL:-}:$platform in
    */fish:*)
      printf '  fish_add_path "%s"\n' "$shown_dir"
      return
      ;;
    */zsh:*) profile=.zshrc ;;
    */bash:darwin*) profile=.bash_profile ;;
    */bash:*) profile=.bashrc ;;
  esac
  printf "  echo 'export PATH=\"%s:\$PATH\"' >> ~/%s\n" "$shown_dir" "$profile"
}

# One command: a file that is cut short within it is a mistake of syntax, and not half a command.
{ main "$@"; exit; }
