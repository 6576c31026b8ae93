#!/bin/bash
# From stored inputs to a deployed routing rule, with programs in the places of models: no key, no network.
set -euo pipefail

source "$(dirname "$0")/steps.sh"

say 'A store, and a hundred support tickets of October with the team that each belongs to:'
run assay init
run assay push inbox bakeoff/october.jsonl --key id --kind inputs --message October

say 'Three models that sort tickets, and two that draw; programs that answer a line of JSON with one (see models.awk):'
run assay prices import bakeoff/prices.json --from 2026-01-01
run assay provider add desk --protocol command --prices prices --command awk -f bakeoff/models.awk
run assay provider add studio --protocol command --prices prices --command awk -f bakeoff/draw.awk
run assay provider ls

say 'What would it cost? Nothing is sent:'
run "assay run estimate inbox --target desk:small --target desk:medium --target desk:large --prompt-column text --into sorted"

say 'Every ticket to every model. Killed at any moment, the same command goes on where it was:'
run "assay run inbox --target desk:small --target desk:medium --target desk:large --prompt-column text --carry account --concurrency 4 --into sorted"

say 'How many did each sort right? The right team is a column of the inputs:'
run "assay score sorted --scorer right=exact:team"

say 'Lay scores beside costs and latencies, and compare the models:'
cat > measured.sql <<'SQL'
SELECT o.item, o.model, o.account, CAST(s.value AS INTEGER) AS success, o.cost_usd, o.latency_ms, o.input_tokens
FROM sorted AS o JOIN "sorted.scores" AS s ON s.item = o.item AND s.model = o.model
SQL
run cat measured.sql
run "assay query - --save measured --key item,model --kind metrics --message October < measured.sql"
run "assay report measured --by model --slice account --save bakeoff | sed -n 1,29p"

say 'November, measured in the same way, to try the rule on that October suggests:'
run assay push inbox bakeoff/november.jsonl --message November
run "assay run inbox --target desk:small --target desk:medium --target desk:large --prompt-column text --carry account --concurrency 4 --into sorted"
run "assay score sorted --scorer right=exact:team"
run "assay query - --save measured --message November < measured.sql"

say 'Today everything goes to the large model. What would be cheaper, and hardly worse?'
cat > rules.json <<'JSON'
{"schema": "route.rules/1", "route": "sorting", "rules": [], "default": {"target": "desk:large"},
 "targets": {"desk:large": {"provider": "desk", "model": "large"}}}
JSON
run assay router push sorting rules.json
run "assay router deploy sorting@1 --message 'one model for all'"
run "assay router suggest sorting --from bakeoff --slice account --objective 'min cost s.t. success >= -10pp' --holdout measured@2 -o draft.json | sed -n 1,6p"
run assay router push sorting draft.json

say 'It goes live only after a backtest on November:'
run "assay router backtest sorting@2 --save trial | sed -n 1,8p"
run "assay router deploy sorting@2 --backtest trial --message 'private tickets to the small model'"
run "assay router evaluate sorting '{\"metadata\": {\"account\": \"private\"}}'"

say 'Weeks later the provider changes its models without a word:'
run "sed -i 's/parcel courier/courier/' bakeoff/models.awk"

say 'Measured again on the same tickets, it shows, although every answer reports the same model as before:'
run assay run again sorted

say 'Pictures are outputs too, kept as files beside their rows:'
run "printf '%s\\n' '{\"id\":\"a\",\"text\":\"a red square\"}' '{\"id\":\"b\",\"text\":\"a violet square\"}' | assay push wishes - --format jsonl --key id --kind inputs"
run assay run wishes --target studio:sketch --target studio:paint --prompt-column text --into drawn
run "assay query \"SELECT item, model, json_extract(file, '\$.mediaType') AS type, json_extract(file, '\$.size') AS bytes FROM drawn\" --format table"

say 'Every byte is checked against its digest:'
run assay verify
