#!/usr/bin/env bash
# The operation against libvips's own, in one run; `./dev bench vips` builds and runs it.
set -euo pipefail
build=$(cd -- "$(dirname -- "$0")/../../.." && pwd)/build/release
VIPSHOME=$build/tests/vips-home exec "$build/tests/sepflow_vips_bench" "$@"
