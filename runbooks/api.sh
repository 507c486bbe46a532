#!/bin/sh
# Asks DigitalOcean's API: sh runbooks/api.sh METHOD PATH [JSON]. The token comes from DIGITALOCEAN_TOKEN, and is in no process list.
# Ends with an error, and the API's reason, when the API refuses.
set -eu
printf 'authorization: Bearer %s\n' "$DIGITALOCEAN_TOKEN" |
  curl --silent --show-error --fail-with-body --header @- --header 'content-type: application/json' \
    --request "$1" ${3:+--data "$3"} "${DIGITALOCEAN_API_URL:-https://api.digitalocean.com}$2"
