#!/usr/bin/env bash
# Everything that needs a GPU, in one go and unattended: builds, tests, looks for memory errors and races, measures, and
# writes native/bench/RESULTS-gpu.md. Needs nvcc, CMake, doctest and an NVIDIA driver; no Node. cuBLASLt comes from the
# toolkit or from `pip install nvidia-cublas`; PyTorch is measured beside it where python3 has it.
#   native/bench/gpu.sh [BUILD_FOLDER]
# Steps that fail are said and counted; the rest goes on.
set -uo pipefail
cd "$(dirname "$0")/../.."
build=${1:-out/gpu}
results=native/bench/RESULTS-gpu.md
mkdir -p "$build"
started=$SECONDS
failed=0

step() { # step TITLE LIMIT COMMAND..: its log is BUILD/TITLE.log
  local title=$1 limit=$2 log="$build/${1// /-}.log"
  shift 2
  if timeout "$limit" "$@" >"$log" 2>&1; then
    echo "ok      $title ($((SECONDS - started)) s)"
  else
    echo "FAILED  $title: exit $? ($log)"
    tail -n 20 "$log"
    failed=$((failed + 1))
    return 1
  fi
}

generator=()
command -v ninja >/dev/null && generator=(-G Ninja)
step configure 60 cmake -S native -B "$build" "${generator[@]}" -DCMAKE_BUILD_TYPE=Release -DTAPE_CUDA=ON \
  -DTAPE_NATIVE_SETS=OFF || exit 1
step build 300 cmake --build "$build" --parallel "$(nproc)" || exit 1
step 'a GPU is found' 30 "$build/tape_gpu_bench" cuda 0.01 || exit 1
step 'tests on the GPU' 90 "$build/tape_tests" --no-colors -tc='device: * on a GPU*'
# Every kernel of the table at small sizes: out of bounds, uninitialised shared memory, races.
if command -v compute-sanitizer >/dev/null; then
  for tool in memcheck racecheck; do
    step "$tool" 120 compute-sanitizer --tool "$tool" --error-exitcode 1 "$build/tape_tests" --no-colors \
      -tc='device: the op table on a GPU*'
  done
else
  echo 'skipped memcheck and racecheck: compute-sanitizer is not installed'
fi

export OMP_NUM_THREADS=1
step steps-cpu 60 "$build/tape_gpu_bench" cpu 0.1
step steps-cuda 60 "$build/tape_gpu_bench" cuda 1
losses() { awk '/-loss-after-/ {print $1, $2}' "$build/$1.log"; }
compare=$(join <(losses steps-cpu | sort) <(losses steps-cuda | sort) |
  awk '{d = ($2 - $3) / $2; if (d < 0) d = -d; print $1, $2, $3, d; if (d > 1e-4) bad = 1} END {exit bad}') ||
  { echo 'FAILED  losses on the GPU differ from the processor'"'"'s'; failed=$((failed + 1)); }
if python3 -c 'import torch; assert torch.cuda.is_available()' 2>/dev/null; then
  step steps-torch 60 python3 native/bench/gpu/torch_steps.py 1
  step steps-torch-graph 60 python3 native/bench/gpu/torch_steps.py 1 --graph
fi

figures() { [ -s "$build/$1.log" ] && awk 'NF == 3 {print $1, $2, $3}' "$build/$1.log" | sort; }
{
  echo '# Figures on a GPU'
  echo
  echo "Made by \`native/bench/gpu.sh\` on $(date -u +%Y-%m-%d), $(nvidia-smi --query-gpu=name,driver_version --format=csv,noheader | head -n 1),"
  echo "$(nvcc --version | tail -n 2 | head -n 1). $failed steps failed."
  echo
  echo '| what | Tapedeck | PyTorch eager | PyTorch in a CUDA graph | unit |'
  echo '| --- | --- | --- | --- | --- |'
  figures steps-cuda | while read -r name value unit; do
    torch=$(figures steps-torch 2>/dev/null | awk -v n="$name" '$1 == n {print $2}')
    graph=$(figures steps-torch-graph 2>/dev/null | awk -v n="$name" '$1 == n {print $2}')
    echo "| $name | $value | ${torch:--} | ${graph:--} | $unit |"
  done
  echo
  echo 'Losses, processor and GPU, and how far apart they are:'
  echo
  echo '```'
  echo "$compare"
  echo '```'
} >"$results"
echo "$results written after $((SECONDS - started)) s, $failed failed"
exit "$((failed > 0))"
