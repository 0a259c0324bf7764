#!/usr/bin/env bash
# sepflow:separable against gegl:gaussian-blur: the table of plugins/gegl/README.md. `./dev bench
# gegl` builds it and runs this.
set -euo pipefail
cd -- "$(dirname -- "$0")/../../.."
build/release/bin/sepflow_gegl_bench
