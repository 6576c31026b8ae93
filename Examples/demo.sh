#!/bin/bash
# Saves eight states of a leaderboard and asks for them back; each command is shown as one would type it.
set -euo pipefail

folder=$(cd "$(dirname "$0")" && pwd)
binary=$(realpath "${ASSAY:-$folder/../.build/release/assay}")
workplace=$(mktemp -d)
trap 'rm -rf "$workplace"' EXIT
cp -r "$folder/polyglot" "$folder/triage" "$workplace"
cd "$workplace"
export ASSAY_AUTHOR=${ASSAY_AUTHOR:-ann}

assay() { "$binary" "$@"; }
say() { printf '\n# %s\n' "$*"; }
run() {
  printf '$ %s\n' "$*"
  eval "$*"
}

say 'A store is a folder. Make one here:'
run assay init

say 'Save what was measured on a day; the key says which rows are the same run:'
run assay push polyglot polyglot/2024-12-21.jsonl --key dirname --created-at 2024-12-21

say 'Save the later states, each with its date:'
for day in 2025-01-24 2025-04-06 2025-05-08 2025-05-25 2025-06-25 2025-08-23 2025-10-04; do
  run assay push polyglot "polyglot/$day.jsonl" --created-at $day
done

say 'Saving the same again makes no new version:'
run assay push polyglot polyglot/2025-10-04.jsonl

say 'What is there, and how did it come about?'
run assay ls
run assay log polyglot --stat

say 'What changed between two states?'
run assay diff polyglot@7 polyglot@8
run "assay diff polyglot@2025-01-31 polyglot@2025-05-31 --stat"

say 'Ask across all versions: how good was the best model, and which was it?'
run "assay query 'SELECT _version, date(_created_at) AS day, count(*) AS runs, max(pass_rate_2) AS best, model
  FROM \"polyglot@*\" GROUP BY _version' --format table"

say 'Name a version, and use the name:'
run assay tag polyglot@2025-01-31 baseline
run "assay query 'SELECT model, round(total_cost / test_cases, 4) AS cost_per_case, pass_rate_2
  FROM \"polyglot@baseline\" ORDER BY pass_rate_2 DESC LIMIT 5' --format table"

say 'Any version comes back as it went in:'
run assay pull polyglot@3 -o april.csv
run "assay pull polyglot@3 --where 'pass_rate_2 > 60' --columns model,pass_rate_2"

say 'Two runs of the same tickets: which is better, is it noise, and does it pass the gates?'
run "assay push triage triage/baseline.jsonl --key id --message 'prompt v1'"
run "assay push triage triage/candidate.jsonl --message 'prompt v2'"
run "assay compare triage@1 triage@2 --gate 'success >= -2pp' --gate 'cost_per_success <= +10%'"

say 'Every byte is checked against its digest:'
run assay verify
