#!/bin/bash
# The reader of ext beside the kernel, debugfs and e2fsck, for as long as it takes: SEED=N makes the same run again.
# TREES volumes of each kind (a thousand in all), FUZZ damaged ones of each of five shapes, journals cut at every block.
set -euo pipefail
cd "$(dirname "$0")/.."

seed=${SEED:-$((RANDOM + 1))}
trees=${TREES:-12}
echo "SEED=$seed TREES=$trees FUZZ=${FUZZ:-20000}"
export SPAREKEY_SEEDS SPAREKEY_FUZZ=${FUZZ:-20000} SPAREKEY_FUZZ_SEED=$seed SPAREKEY_CUTS=10000
SPAREKEY_SEEDS=$(seq -s ' ' "$seed" $((seed + trees - 1)))
exec .cache/node/bin/node node_modules/vitest/vitest.mjs run --config .config/vitest.config.ts --project integration test/integration/ext
