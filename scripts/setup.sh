#!/bin/bash
# scripts/setup.sh [NEED...]   (NEED as in the first column of packages.txt)
# Makes a fresh Debian machine ready: apt packages, the pinned Node, node_modules. Does nothing, quickly, where all is there.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '==> %s\n' "$*" >&2; }
die() { printf 'setup: %s\n' "$*" >&2; exit 1; }
wants() { [[ $1 == all || " $needs " == *" $1 "* ]]; }

install_packages() {
  local need package why missing=() lines=()
  while read -r need package why; do
    [[ $need == '' || $need == '#'* ]] && continue
    wants "$need" || continue
    [[ $installed == *" $package "* ]] || type -P "$package" >/dev/null || {
      missing+=("$package")
      lines+=("$(printf '      %-28s %s' "$package" "$why")")
    }
  done <scripts/packages.txt
  [[ ${#missing[@]} -gt 0 ]] || return 0

  say 'These Debian packages are missing and are installed now:'
  printf '%s\n' "${lines[@]}" >&2
  local root=()
  [[ $EUID -eq 0 ]] || root=(sudo)
  [[ $EUID -eq 0 ]] || command -v sudo >/dev/null ||
    die "that takes root, and sudo is not here. As root: apt-get install ${missing[*]}"
  "${root[@]}" apt-get update -q >&2
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${missing[@]}" >&2
}

# fetch_node ARCH: the Node of node.txt at .cache/node/VERSION/ARCH/bin/node
fetch_node() {
  local arch=$1 version sha256 home work
  read -r _ version sha256 < <(grep "^$arch " scripts/node.txt) || die "scripts/node.txt has no Node for $arch"
  home=.cache/node/$version/$arch
  if [[ ! -x $home/bin/node ]]; then
    say "Fetching Node $version for $arch (about 40 MB)"
    mkdir -p "$home/bin"
    work=$(mktemp -d "$home/fetch.XXXXXX")
    npm pack --silent --pack-destination "$work" "node-linux-$arch@$version" >/dev/null
    tar -xzf "$work/node-linux-$arch-$version.tgz" -C "$work" package/bin/node
    echo "$sha256  $work/package/bin/node" | sha256sum --check --quiet >&2 ||
      die "what npm delivered as Node $version for $arch is not what scripts/node.txt pins: not used"
    chmod 755 "$work/package/bin/node"
    mv "$work/package/bin/node" "$home/bin/node"
    rm -r "$work"
  fi
  [[ $arch != "$machine" ]] || ln -sfn "$version/$arch/bin" .cache/node/bin
}

install_modules() {
  cmp -s package-lock.json node_modules/.installed-lock && return
  say 'Installing the npm packages of package-lock.json'
  PATH="$PWD/.cache/node/bin:$PATH" NODE_OPTIONS=--no-deprecation npm ci --ignore-scripts --no-audit --no-fund >&2
  cp package-lock.json node_modules/.installed-lock
}

case $(uname -m) in
  x86_64) machine=x64 ;;
  aarch64) machine=arm64 ;;
  *) die "Node is pinned for x86_64 and aarch64 only, and this machine is $(uname -m)" ;;
esac
command -v apt-get >/dev/null || die 'this needs Debian 12 or newer (or a system with apt-get and its package names)'

needs=$*
installed=" $(dpkg-query -W -f '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p' | tr '\n' ' ')"
mkdir -p .cache/debian .cache/demo # by whoever owns the checkout, before root fills them
exec 9>.cache/setup.lock
flock 9
install_packages
fetch_node "$machine"
if wants build; then fetch_node x64; fetch_node arm64; fi
install_modules
