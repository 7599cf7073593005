import type { Model } from '../model/model.ts';
import { plain, table } from '../runbooks/markdown.ts';

const CALLS: readonly (readonly string[])[] = [
  ['`POST /1/columns/$HONEYCOMB_DATASET`', '`columns.json`: fields that no event may have had yet', ''],
  ['`POST /1/derived_columns/$HONEYCOMB_DATASET`', '`calculated-fields.json`', 'columns, by name'],
  ['`POST /1/slos/$HONEYCOMB_DATASET`', '`slos.json`', 'a calculated field, by name'],
  ['`POST /1/burn_alerts/$HONEYCOMB_DATASET`', '`burn-alerts.json`', "an SLO's id and a recipient's"],
  ['`POST /1/queries/$HONEYCOMB_DATASET`', '`queries.json`, its `query`', ''],
  ['`POST /1/query_annotations/$HONEYCOMB_DATASET`', '`queries.json`, its name and description', "a query's id"],
  ['`POST /1/boards`', '`board.json`', "SLOs', queries' and annotations' ids"],
];

/** How to send the files to Honeycomb, in an order in which each call finds what it refers to. */
export function readme({ slos }: Model): string {
  return `<!-- Made by @outspan/slo from the model file: change that, not this. -->

# Honeycomb

SLOs, burn alerts and a board from spans alone, as bodies for Honeycomb's API. SLOs and burn alerts need a Pro or Enterprise plan.

${table(['SLO', 'Calculated field', 'What'], slos.map(({ name, description }) => [`\`LLM ${name}\``, `\`outspan.sli.${name}\``, plain(description)]))}

- A calculated field is true for a good event, false for a bad one, and null for one that does not count.
- Honeycomb keeps one budget for each SLO and dataset. To see whose it is, break down by \`gen_ai.provider.name\`, \`service.version\` and the like.
- Spans must arrive unsampled, or with the sample rate that Honeycomb weighs them by (\`SampleRate\`). Otherwise a sampling that keeps every failure makes every objective look missed.
- An SLO on rate limits counts attempts. Those carry no provider and no model, so it cannot be narrowed to one.

## Apply

Needs \`curl\` and \`jq\`, and a configuration key with the permissions *Manage Queries and Columns*, *Manage SLOs*, *Manage Public Boards* and *Manage Recipients*. Run it in this folder, once for each dataset: the services that make LLM calls have one each.

\`\`\`sh
export HONEYCOMB_API_KEY=…            # never in a file of the repository
export HONEYCOMB_DATASET=…            # its slug
export HONEYCOMB_PAGE_RECIPIENT=…     # ids, from: curl -H "X-Honeycomb-Team: $HONEYCOMB_API_KEY" https://api.honeycomb.io/1/recipients
export HONEYCOMB_TICKET_RECIPIENT=…
export HONEYCOMB_API=https://api.honeycomb.io   # https://api.eu1.honeycomb.io in the EU
sh apply.sh
\`\`\`

It is \`curl\`, one call for each entry of a file, in this order:

${table(['Call', 'Body', 'Takes from before'], CALLS)}

It stops at the first call that fails. Columns and calculated fields that are there already stay as they are; everything else is created anew each time, so delete what an earlier run made.
`;
}

/** The calls themselves. */
export function applyScript(): string {
  return `#!/bin/sh
# Made by @outspan/slo: sends the files of this folder to Honeycomb. See README.md.
set -eu

: "\${HONEYCOMB_API:=https://api.honeycomb.io}" "\${HONEYCOMB_API_KEY:?}" "\${HONEYCOMB_DATASET:?}" "\${HONEYCOMB_PAGE_RECIPIENT:?}" "\${HONEYCOMB_TICKET_RECIPIENT:?}"

cd "$(dirname "$0")"
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

# create PATH BODY: writes the answer to $made/answer. A conflict is no failure where it only says that something is there.
create() {
  status=$(printf '%s' "$2" | curl -sS -o "$made/answer" -w '%{http_code}' -X POST "$HONEYCOMB_API/1/$1" \\
    -H "X-Honeycomb-Team: $HONEYCOMB_API_KEY" -H 'Content-Type: application/json' --data-binary @-)
  case "$status" in
    2??) ;;
    409) [ "\${3:-}" = may-exist ] || { echo "$1: $status $(cat "$made/answer")" >&2; return 1; } ;;
    *) echo "$1: $status $(cat "$made/answer")" >&2; return 1 ;;
  esac
}

# remember FILE NAME: keeps the id that the last answer gave, by name.
remember() {
  jq -c --arg name "$2" '{($name): .id}' "$made/answer" >> "$made/$1"
}

echo '{}' | tee "$made/slos" "$made/queries" > "$made/annotations"

jq -c '.[]' columns.json > "$made/list"
while IFS= read -r body; do create "columns/$HONEYCOMB_DATASET" "$body" may-exist; done < "$made/list"

jq -c '.[]' calculated-fields.json > "$made/list"
while IFS= read -r body; do create "derived_columns/$HONEYCOMB_DATASET" "$body" may-exist; done < "$made/list"

jq -c '.[]' slos.json > "$made/list"
while IFS= read -r body; do
  create "slos/$HONEYCOMB_DATASET" "$body"
  remember slos "$(printf '%s' "$body" | jq -r .name)"
done < "$made/list"

jq -c --slurpfile ids "$made/slos" --arg page "$HONEYCOMB_PAGE_RECIPIENT" --arg ticket "$HONEYCOMB_TICKET_RECIPIENT" \\
  '($ids | add) as $slos | .[] | .slo.id |= $slos[.] | .recipients[].id |= {page: $page, ticket: $ticket}[.]' burn-alerts.json > "$made/list"
while IFS= read -r body; do create "burn_alerts/$HONEYCOMB_DATASET" "$body"; done < "$made/list"

jq -c '.[]' queries.json > "$made/list"
while IFS= read -r body; do
  name=$(printf '%s' "$body" | jq -r .name)
  create "queries/$HONEYCOMB_DATASET" "$(printf '%s' "$body" | jq -c .query)"
  remember queries "$name"
  create "query_annotations/$HONEYCOMB_DATASET" "$(printf '%s' "$body" | jq -c --slurpfile made "$made/answer" '{name, description, query_id: $made[0].id}')"
  remember annotations "$name"
done < "$made/list"

create boards "$(jq -c --slurpfile slos "$made/slos" --slurpfile queries "$made/queries" --slurpfile annotations "$made/annotations" \\
  '($slos | add) as $slos | ($queries | add) as $queries | ($annotations | add) as $annotations
   | .panels |= map(if .type == "slo" then .slo_panel.slo_id |= $slos[.] else .query_panel.query_id |= $queries[.] | .query_panel.query_annotation_id |= $annotations[.] end)' board.json)"
jq -r '.links.board_url // .id' "$made/answer"
`;
}
