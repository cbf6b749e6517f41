#!/bin/bash
# scripts/image-repeat.sh NODE [image.ts options]
# Builds the image twice from the same packages, in folders with other names, under another umask, time zone and
# language, and with a day between the clocks where faketime is installed; then compares bit by bit.
set -euo pipefail
cd "$(dirname "$0")/.."

node=$(realpath "$1")
shift
work=.cache/image-repeat
rm -rf "$work"
mkdir -p "$work/one" "$work/a second one"
trap 'rm -rf "$work"' EXIT

# The packages are the same by definition: those that the last build fetched.
[ -d .cache/image/apt ] || "$node" scripts/image.ts "$@" --output "$work/first.img"
for folder in "$work/one" "$work/a second one"; do cp -a --reflink=auto .cache/image/apt "$folder/apt"; done
rm -f "$work/first.img"

SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH

"$node" scripts/image.ts "$@" --cache "$work/one" --output "$work/one.img"
# The times of files stay as they are, and the lists of packages count as fresh on that day too.
later=()
! command -v faketime >/dev/null || later=(env NO_FAKE_STAT=1 faketime '+1 day')
touch -d '+1 day' "$work/a second one/apt"/*/updated
(
  umask 077
  export TZ=Asia/Tokyo LANG=fr_FR.UTF-8
  "${later[@]}" "$node" scripts/image.ts "$@" --cache "$work/a second one" --output "$work/two.img"
)
sha256sum "$work/one.img" "$work/two.img"
cmp "$work/one.img" "$work/two.img"
echo 'The two images are the same, bit by bit.'
