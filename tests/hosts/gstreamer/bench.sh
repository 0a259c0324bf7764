#!/usr/bin/env bash
# sepflow against gaussianblur, from ./dev bench gstreamer
set -euo pipefail
cd -- "$(dirname -- "$0")/../../.."
registry=$(mktemp)
trap 'rm -f "$registry"' EXIT
export GST_PLUGIN_PATH=build/release/plugins/gstreamer GST_REGISTRY=$registry
build/release/tests/sepflow_gstreamer_bench
