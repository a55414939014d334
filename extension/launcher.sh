#!/bin/sh
# Lambda starts every executable in /opt/extensions, with the environment of the function; the bundle lies beside that folder.
# This is part of every cold start: in an image of Lambda for Node, nothing is forked on the way to Node.

# What is meant for the function's own process; docs/configuration.md says why of each.
unset NODE_OPTIONS NODE_PATH NODE_V8_COVERAGE NODE_DEBUG NODE_DEBUG_NATIVE NODE_TLS_REJECT_UNAUTHORIZED NODE_USE_ENV_PROXY \
  OPENSSL_CONF OPENSSL_MODULES LD_PRELOAD LD_AUDIT UV_THREADPOOL_SIZE BASH_ENV
[ -r "${NODE_EXTRA_CA_CERTS-}" ] || unset NODE_EXTRA_CA_CERTS

# A dump of the memory would hold records.
ulimit -c 0 2>/dev/null

ours=${0%/*}/../inference-capture

# Memory is the function's: one arena for malloc, and a young generation of 8 MB instead of 16, for some 20 MB less under load.
start() {
  MALLOC_ARENA_MAX=1 exec "$1" --max-semi-space-size=8 "$ours/index.mjs"
}

# Whether a Node runs here and is new enough for the bundle. A program that is called so may be a script, of another processor or of another C library.
runs() {
  version=$("$1" -v 2>/dev/null </dev/null) 2>/dev/null || return
  case $version in
    v20.1[6-9].* | v20.[2-9][0-9].* | v22.[3-9].* | v22.[1-9][0-9].* | v2[3-9].* | v[3-9][0-9].* | v[1-9][0-9][0-9].*) ;;
    *) return 1 ;;
  esac
}

# The Node of Lambda's own images needs no such question: the function itself runs on it. If it is too old, the bundle says so. With a Node of
# its own beside it, the extension asks first.
image=/var/lang/bin/node
[ -x "$ours/node" ] || { [ -x $image ] && start $image; }

fault='this image has no Node'
# The function may have a PATH of its own: that is why Lambda's Node is here again. /opt/bin is where a layer has one.
for node in node $image /opt/bin/node "$ours/node"; do
  command -v "$node" >/dev/null || continue
  runs "$node" && start "$node"
  fault='the Node of this image does not run, or is too old (expected 20.16 or newer)'
done
[ ! -x "$ours/node" ] || fault='the Node of the layer does not run in this image (is it for another processor, or has the image no glibc?)'

exec /bin/sh "$ours/without-node.sh" "${0##*/}" "$fault"
