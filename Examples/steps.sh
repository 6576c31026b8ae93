# For the scripts of this folder: a temporary workplace with the data, and commands that are shown as one would type them.
folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
binary=$(realpath "${ASSAY:-$folder/../.build/release/assay}")
workplace=$(mktemp -d)
trap 'rm -rf "$workplace"' EXIT
cp -r "$folder/polyglot" "$folder/triage" "$folder/bakeoff" "$workplace"
cd "$workplace"
export ASSAY_AUTHOR=${ASSAY_AUTHOR:-ann}

assay() { "$binary" "$@"; }
say() { printf '\n# %s\n' "$*"; }
run() {
  printf '$ %s\n' "$*"
  eval "$*"
}
