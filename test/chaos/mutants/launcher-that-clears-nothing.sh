#!/bin/sh
# Stands in for extension/launcher.sh: starts the bundle with all of the function's variables.
exec node "${0%/*}/../inference-capture/index.mjs"
