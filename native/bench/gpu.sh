#!/usr/bin/env bash
# Everything that needs a GPU, in one go and unattended in under nine minutes: builds, tests, looks for memory errors and
# races, measures, and writes native/bench/RESULTS-gpu.md. Needs nvcc, CMake, doctest and an NVIDIA driver; no Node. cuBLASLt
# and cuDNN come from the toolkit or from `pip install nvidia-cublas nvidia-cudnn-cu13`; PyTorch is measured beside it where
# python3 has it.
#   native/bench/gpu.sh [BUILD_FOLDER]
#   native/bench/gpu.sh --cpu [BUILD_FOLDER]   small sizes on the processor, to see that the script works; the table goes
#                                              to BUILD_FOLDER/RESULTS-cpu.md
# Steps that fail are said and counted; the rest goes on.
set -uo pipefail
cd "$(dirname "$0")/../.."
device=cuda
[ "${1:-}" = --cpu ] && { device=cpu; shift; }
build=${1:-out/gpu}
mkdir -p "$build"
results=native/bench/RESULTS-gpu.md
[ $device = cpu ] && results=$build/RESULTS-cpu.md
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
    return 1
  fi
}
try() { step "$@" || failed=$((failed + 1)); }

generator=()
command -v ninja >/dev/null && [ ! -e "$build/CMakeCache.txt" ] && generator=(-G Ninja)
targets=(tape_gpu_bench)
[ $device = cuda ] && targets+=(tape_tests tape_cuda)
step configure 60 cmake -S native -B "$build" "${generator[@]}" -DCMAKE_BUILD_TYPE=Release -DTAPE_NATIVE_SETS=OFF \
  "-DTAPE_CUDA=$([ $device = cuda ] && echo ON || echo OFF)" || exit 1
step build 240 cmake --build "$build" --parallel "$(nproc)" --target "${targets[@]}" || exit 1

export TAPE_CUDNN_STRICT=1  # a convolution that cuDNN promises and refuses is an error here
if [ $device = cuda ]; then
  step 'a GPU is found' 30 "$build/tape_gpu_bench" cuda 0 found || exit 1
  try 'tests on the GPU' 60 "$build/tape_tests" --no-colors -tc='device: * on a GPU*'
  # Every kernel of the table at small sizes: out of bounds, uninitialised shared memory, races.
  if command -v compute-sanitizer >/dev/null; then
    watched() {
      step "$1" 90 compute-sanitizer --tool "$1" --error-exitcode 1 "$build/tape_tests" --no-colors \
        -tc='device: the op table on a GPU*'
    }
    watched memcheck &
    first=$!
    watched racecheck || failed=$((failed + 1))
    wait $first || failed=$((failed + 1))
  else
    echo 'skipped memcheck and racecheck: compute-sanitizer is not installed'
  fi
fi

export OMP_NUM_THREADS=1
compare=''
if [ $device = cuda ]; then
  try steps-cpu 60 "$build/tape_gpu_bench" cpu 0.01 tiny
  try steps 90 "$build/tape_gpu_bench" cuda 1
  losses() { awk '/-loss-after-/ {print $1, $2}' "$build/$1.log" | sort; }
  compare=$(join <(losses steps-cpu) <(losses steps) |
    awk '{d = ($2 - $3) / $2; if (d < 0) d = -d; print $1, $2, $3, d; if (!(d <= 1e-4)) bad = 1; n++} END {exit bad || n < 5}') || {
    echo 'FAILED  losses on the GPU differ from the processor'"'"'s'
    failed=$((failed + 1))
  }
  torch_there() { python3 -c 'import torch; assert torch.cuda.is_available()' 2>/dev/null; }
  ways=(--eager --graph --compile)
  options=()
else
  try steps 120 "$build/tape_gpu_bench" cpu 0.01 tiny
  torch_there() { python3 -c 'import torch' 2>/dev/null; }
  ways=(--eager)
  options=(--cpu)
fi
rm -f "$build"/torch--*.log
if torch_there; then
  for way in "${ways[@]}"; do
    try "torch-$way" 100 python3 native/bench/gpu/torch_steps.py "$([ $device = cuda ] && echo 1 || echo 0.01)" "$way" "${options[@]}"
  done
fi

of() { # of LOG NAME: the value of a row, or a dash
  local value
  value=$(awk -v n="$2" 'NF == 3 && $1 == n {print $2}' "$build/$1.log" 2>/dev/null)
  echo "${value:--}"
}
{
  echo "# Figures on $([ $device = cuda ] && echo 'a GPU' || echo 'the processor, of small sizes: no measure of anything')"
  echo
  echo "Made by \`native/bench/gpu.sh\` on $(date -u +%Y-%m-%d). $failed steps failed."
  if [ $device = cuda ]; then
    nvidia-smi --query-gpu=name,driver_version --format=csv,noheader | head -n 1
    nvcc --version | tail -n 2 | head -n 1
    sed -n 's/^# //p' "$build/steps.log" | head -n 1
  fi
  python3 -c 'import torch; print("PyTorch", torch.__version__)' 2>/dev/null
  echo
  echo '| what | Tapedeck | unit | PyTorch eager | in a CUDA graph | compiled |'
  echo '| --- | --- | --- | --- | --- | --- |'
  awk 'NF == 3 && $1 != "#" {print $1, $2, $3}' "$build/steps.log" | while read -r name value unit; do
    echo "| $name | $value | $unit | $(of torch---eager "$name") | $(of torch---graph "$name") | $(of torch---compile "$name") |"
  done
  if [ -n "$compare" ]; then
    echo
    echo 'Losses, processor and GPU, and how far apart they are:'
    echo
    echo '```'
    echo "$compare"
    echo '```'
  fi
} >"$results"
echo "$results written after $((SECONDS - started)) s, $failed failed"
exit "$((failed > 0))"
