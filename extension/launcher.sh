#!/bin/sh
# Lambda starts every executable in /opt/extensions, with the environment of the function; the bundle lies beside that folder.
# This is part of every cold start: nothing is forked on the way to Node.

# What is meant for the function's own process; docs/configuration.md says why of each.
unset NODE_OPTIONS NODE_PATH NODE_V8_COVERAGE NODE_DEBUG NODE_DEBUG_NATIVE NODE_TLS_REJECT_UNAUTHORIZED NODE_USE_ENV_PROXY \
  OPENSSL_CONF OPENSSL_MODULES LD_PRELOAD LD_AUDIT UV_THREADPOOL_SIZE BASH_ENV
[ -r "${NODE_EXTRA_CA_CERTS-}" ] || unset NODE_EXTRA_CA_CERTS

# A dump of the memory would hold records.
ulimit -c 0 2>/dev/null

ours=${0%/*}/../inference-capture
node=
if command -v node >/dev/null; then
  node=node
else
  # The function may have a PATH of its own: here is the Node of Lambda's images, and that of a layer.
  for place in /var/lang/bin/node /opt/bin/node; do
    [ -z "$node" ] && [ -x "$place" ] && node=$place
  done
fi

# Memory is the function's: one arena for malloc, and a young generation of 8 MB instead of 16, for some 20 MB less under load.
[ -n "$node" ] && MALLOC_ARENA_MAX=1 exec "$node" --max-semi-space-size=8 "$ours/index.mjs"

exec /bin/sh "$ours/without-node.sh" "${0##*/}" 'this image has no Node'
