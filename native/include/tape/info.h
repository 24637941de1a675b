// What this build is and what it found on this machine.
#pragma once
#include <string>

namespace tape {

struct EngineInfo {
  std::string version;          // of the engine
  std::string build;            // compiler and build kind
  std::string instruction_set;  // of the kernels in use
  std::string onednn;           // version, empty when built without
  std::string openmp;           // empty when built without
  bool bfloat16;                // whether products in 16 bits have instructions of their own here
  int threads;
};
EngineInfo engine_info();
/// Number of threads kernels use on this thread's engine, at least 1. Before it is set: OMP_NUM_THREADS of
/// the environment, else one for each physical core that the process may use.
void set_threads(int threads);
int get_threads();

}  // namespace tape
