#!/bin/sh
# Made by @outspan/slo: sends the files of this folder to Honeycomb. See README.md.
set -eu

: "${HONEYCOMB_API:=https://api.honeycomb.io}" "${HONEYCOMB_API_KEY:?}" "${HONEYCOMB_DATASET:?}" "${HONEYCOMB_PAGE_RECIPIENT:?}" "${HONEYCOMB_TICKET_RECIPIENT:?}"

cd "$(dirname "$0")"
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

# create PATH BODY: writes the answer to $made/answer. A conflict is no failure where it only says that something is there.
create() {
  status=$(printf '%s' "$2" | curl -sS -o "$made/answer" -w '%{http_code}' -X POST "$HONEYCOMB_API/1/$1" \
    -H "X-Honeycomb-Team: $HONEYCOMB_API_KEY" -H 'Content-Type: application/json' --data-binary @-)
  case "$status" in
    2??) ;;
    409) [ "${3:-}" = may-exist ] || { echo "$1: $status $(cat "$made/answer")" >&2; return 1; } ;;
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

jq -c --slurpfile ids "$made/slos" --arg page "$HONEYCOMB_PAGE_RECIPIENT" --arg ticket "$HONEYCOMB_TICKET_RECIPIENT" \
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

create boards "$(jq -c --slurpfile slos "$made/slos" --slurpfile queries "$made/queries" --slurpfile annotations "$made/annotations" \
  '($slos | add) as $slos | ($queries | add) as $queries | ($annotations | add) as $annotations
   | .panels |= map(if .type == "slo" then .slo_panel.slo_id |= $slos[.] else .query_panel.query_id |= $queries[.] | .query_panel.query_annotation_id |= $annotations[.] end)' board.json)"
jq -r '.links.board_url // .id' "$made/answer"
