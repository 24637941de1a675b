// cuDNN made of the processor's kernels: what it is given must fit together, and what comes out is right only
// where every descriptor is.
#pragma once
#include "cuda/cudnn_api.h"

namespace tape::test {

/// What was asked of it.
struct FakeCudnnLog {
  int live = 0;             // descriptors and handles
  int plans = 0;            // algorithms asked for
  int runs = 0;             // convolutions
  int deterministic = 0;    // of these, by an algorithm that repeats its sums
  int tensor_cores = 0;     // of these, with factors that may be rounded
  bool refuses = false;     // set: it does not run what it promised
  bool knows_none = false;  // set: it answers that it has no algorithm
};

FakeCudnnLog& fake_cudnn_log();
/// Its functions.
const cuda::Cudnn& fake_cudnn();

}  // namespace tape::test
