# Sourced by the launchers in bin/, which set `plugin`. Runs it on a Node that takes TypeScript as it is (24 or newer):
# the one that started us, else the one that npm installed beside this checkout, else the one on the PATH.
plugins=${0%/*}/..
node=${BREAKWATER_NODE:-}
if [ -z "$node" ]; then
  for bundled in "$plugins"/../../node_modules/node-*/bin/node; do
    if [ -x "$bundled" ]; then node=$bundled; fi
  done
fi
exec "${node:-node}" "$plugins/start.mjs" "$plugin" "$@"
