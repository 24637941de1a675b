#!/usr/bin/env bash
# Everything that needs a GPU, in one go and unattended in under nine minutes: builds, tests, measures, looks for memory
# errors and races, and writes native/bench/RESULTS-gpu.md, anew after each part: what is measured is kept whatever comes
# behind it. Needs nvcc, CMake and an NVIDIA driver; no Node. cuBLASLt and cuDNN come from the toolkit or from
# `pip install nvidia-cublas nvidia-cudnn-cu13`. PyTorch is measured beside it where python3 has it, and tests run where
# doctest is installed (CMAKE_INCLUDE_PATH names a folder that holds doctest/doctest.h elsewhere).
#   native/bench/gpu.sh [BUILD_FOLDER]
#   native/bench/gpu.sh --cpu [BUILD_FOLDER]   small sizes on the processor, to see that the script works; the table goes
#                                              to BUILD_FOLDER/RESULTS-cpu.md
# Steps that fail are said and counted; the rest goes on. Each has its log in BUILD_FOLDER. TAPE_BENCH_SECONDS is the time
# for all of it: steps that come too late are left out by name.
set -uo pipefail
cd "$(dirname "$0")/../.."
device=cuda
[ "${1:-}" = --cpu ] && { device=cpu; shift; }
build=${1:-out/gpu}
mkdir -p "$build"
rm -f "$build"/*.log
results=native/bench/RESULTS-gpu.md
[ $device = cpu ] && results=$build/RESULTS-cpu.md
seconds=${TAPE_BENCH_SECONDS:-530}
failed=0

step() { # step TITLE LIMIT COMMAND..: its log is BUILD/TITLE.log
  local title=$1 limit=$2 log="$build/${1// /-}.log" left=$((seconds - SECONDS)) code
  shift 2
  if [ $left -lt 5 ]; then
    echo "SKIPPED $title: no time is left"
    return 1
  fi
  timeout --kill-after=5 $((limit < left ? limit : left)) "$@" >"$log" 2>&1
  code=$?
  if [ $code -eq 0 ]; then
    echo "ok      $title ($SECONDS s)"
  else
    echo "FAILED  $title: $([ $code -eq 124 ] && echo 'took too long' || echo "exit $code") ($log)"
    tail -n 20 "$log"
  fi
  return $code
}
try() { step "$@" || failed=$((failed + 1)); }

of() { # of LOG NAME: the value of a row, or a dash
  local value
  value=$(awk -v n="$2" 'NF == 3 && $1 == n {print $2}' "$build/$1.log" 2>/dev/null)
  echo "${value:--}"
}
losses() { # losses LOG..: the names and values, sorted
  cat "$@" 2>/dev/null | awk '/-loss-after-/ {print $1, $2}' | sort
}
compared() { # losses on the processor and on the GPU, and how far apart; fails where that is too far
  join <(losses "$build"/losses-cpu.log) <(losses "$build"/steps-losses.log) |
    awk '{d = ($2 - $3) / $2; if (d < 0) d = -d; print $1, $2, $3, d; if (!(d <= 1e-4)) bad = 1; n++} END {exit bad || n < 5}'
}

parts=(losses ops mlp cnn resnet18 lstm gpt adamw)
write_results() {
  local part
  {
    echo "# Figures on $([ $device = cuda ] && echo 'a GPU' || echo 'the processor, of small sizes: no measure of anything')"
    echo
    echo "Made by \`native/bench/gpu.sh\` on $(date -u +%Y-%m-%d). $failed steps failed."
    if [ $device = cuda ]; then
      nvidia-smi --query-gpu=name,driver_version --format=csv,noheader 2>/dev/null | head -n 1
      nvcc --version | tail -n 2 | head -n 1
      sed -n 's/^# //p' "$build/a-GPU-is-found.log" | head -n 1
    fi
    [ -n "$torch" ] && echo "PyTorch $torch"
    echo
    echo '| what | Tapedeck | unit | PyTorch eager | in a CUDA graph | compiled |'
    echo '| --- | --- | --- | --- | --- | --- |'
    for part in "${parts[@]}"; do
      awk 'NF == 3 && $1 != "#" {print $1, $2, $3}' "$build/steps-$part.log" 2>/dev/null | while read -r name value unit; do
        echo "| $name | $value | $unit | $(of torch---eager "$name") | $(of torch---graph "$name") | $(of torch---compile "$name") |"
      done
    done
    if [ -s "$build/losses-cpu.log" ]; then
      echo
      echo 'Losses, processor and GPU, and how far apart they are:'
      echo
      echo '```'
      compared
      echo '```'
    fi
    if grep -hq '^# .* \(failed\|is not recorded\): ' "$build"/steps-*.log "$build"/torch-*.log 2>/dev/null; then
      echo
      echo 'What did not run:'
      echo
      grep -h '^# .* \(failed\|is not recorded\): ' "$build"/steps-*.log "$build"/torch-*.log 2>/dev/null | sed 's/^# /- /'
    fi
  } >"$results.new"
  mv "$results.new" "$results"
}

# ---- build -------------------------------------------------------------------------------------------

options=(-DCMAKE_BUILD_TYPE=Release -DTAPE_NATIVE_SETS=OFF "-DTAPE_CUDA=$([ $device = cuda ] && echo ON || echo OFF)")
command -v ninja >/dev/null && [ ! -e "$build/CMakeCache.txt" ] && options+=(-G Ninja)
targets=(tape_gpu_bench)
if [ $device = cuda ]; then
  targets+=(tape_cuda)
  # Code for this GPU alone: what other machines need takes as long again.
  capability=$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null | head -n 1 | tr -d '. ')
  [ -n "$capability" ] && options+=("-DCMAKE_CUDA_ARCHITECTURES=$capability-real")
fi
step configure 60 cmake -S native -B "$build" "${options[@]}" || exit 1
grep -E 'cuBLASLt|cuDNN|doctest not found' "$build/configure.log"
if grep -q 'cuBLASLt not found' "$build/configure.log"; then
  echo 'FAILED  nothing can be measured without cuBLASLt: pip install nvidia-cublas, or name the folder that holds `nvidia` in CUDA_WHEELS'
  exit 1
fi
step build 240 cmake --build "$build" --parallel "$(nproc)" --target "${targets[@]}" || exit 1
torch=$(timeout 60 python3 -c "import torch; assert '$device' == 'cpu' or torch.cuda.is_available(); print(torch.__version__)" 2>/dev/null)

# ---- tests -------------------------------------------------------------------------------------------

tests=''
if [ $device = cuda ]; then
  step 'a GPU is found' 30 "$build/tape_gpu_bench" cuda 0 found || exit 1
  if grep -q 'doctest not found' "$build/configure.log"; then
    echo 'skipped tests, memcheck and racecheck: doctest is not installed'
  elif step 'build tests' 180 cmake --build "$build" --parallel "$(nproc)" --target tape_tests; then
    tests=$build/tape_tests
    # A convolution that cuDNN promises and refuses is an error here; measurements go on without it.
    try 'tests on the GPU' 90 env TAPE_CUDNN_STRICT=1 "$tests" --no-colors -tc='device: * on a GPU*'
  else
    failed=$((failed + 1))
  fi
fi

# ---- figures -----------------------------------------------------------------------------------------

[ $device = cpu ] && export OMP_NUM_THREADS=1
for part in "${parts[@]}"; do # each in a process of its own: a GPU that one leaves broken is whole for the next
  if [ $device = cuda ]; then
    try "steps $part" 40 "$build/tape_gpu_bench" cuda 1 "$part"
  else
    try "steps $part" 60 "$build/tape_gpu_bench" cpu 0.01 tiny "$part"
  fi
  write_results
done
if [ $device = cuda ]; then
  if ! step 'losses cpu' 60 "$build/tape_gpu_bench" cpu 0.01 tiny losses; then
    failed=$((failed + 1))
  elif ! compared >/dev/null; then
    echo 'FAILED  losses on the GPU differ from the processor'"'"'s'
    failed=$((failed + 1))
  fi
fi
ways=(--eager)
[ $device = cuda ] && ways+=(--graph --compile)
if [ -n "$torch" ]; then
  for way in "${ways[@]}"; do
    try "torch-$way" 100 python3 native/bench/gpu/torch_steps.py "$([ $device = cuda ] && echo 1 || echo 0.01)" "$way" \
      $([ $device = cpu ] && echo --cpu)
    write_results
  done
fi

# ---- memory errors and races -------------------------------------------------------------------------

# Every kernel of the table at small sizes: out of bounds, misaligned, races in shared memory. Only kernels that are ours.
if [ -n "$tests" ] && command -v compute-sanitizer >/dev/null; then
  watched() {
    step "$1" 200 compute-sanitizer --tool "$1" --error-exitcode 1 --report-api-errors no --kernel-name kns=tape4cuda \
      "$tests" --no-colors -tc='device: the op table on a GPU*'
  }
  watched memcheck &
  first=$!
  watched racecheck || failed=$((failed + 1))
  wait $first || failed=$((failed + 1))
elif [ -n "$tests" ]; then
  echo 'skipped memcheck and racecheck: compute-sanitizer is not installed'
fi

write_results
echo "$results written after $SECONDS s, $failed failed"
exit "$((failed > 0))"
