#!/bin/bash
# Saves eight states of a leaderboard, asks for them back, and measures three models; each command is shown as one would type it.
set -euo pipefail

source "$(dirname "$0")/steps.sh"

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

say 'Three models, which are programs here, and the prices of their tokens:'
run assay prices import bakeoff/prices.json --from 2026-01-01
run assay provider add desk --protocol command --prices prices --command awk -f bakeoff/models.awk

say 'Call them on a hundred tickets, and score what they say:'
run assay push inbox bakeoff/october.jsonl --key id --kind inputs
run "assay run inbox --target desk:small --target desk:medium --target desk:large --prompt-column text --carry account --into sorted"
run "assay score sorted --scorer right=exact:team"

say 'The same run again buys nothing; another model buys only its own calls:'
run "assay run inbox --target desk:small --target desk:medium --target desk:large --prompt-column text --carry account --into sorted"

say 'The provider changes its models without a word. Measured again, it shows:'
run "sed -i 's/parcel courier/courier/' bakeoff/models.awk"
run "assay run again sorted | tail -n 4"

say 'bakeoff.sh goes on from here: from these answers to a report, a routing rule, and its deployment.'

say 'Every byte is checked against its digest:'
run assay verify
