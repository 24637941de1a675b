// What the kernels need around them where they are compiled for the processor, for the tests.
#include <cstring>
#include <vector>

#include "faults.h"
#include "launch.h"

namespace tape::cuda {

void* scratch(size_t bytes) {
  thread_local std::vector<std::max_align_t> room;
  room.resize(bytes / sizeof(std::max_align_t) + 1);
  std::memset(room.data(), 0xFF, room.size() * sizeof(std::max_align_t));  // what nobody wrote is a NaN
  return room.data();
}
void upload(void* to, const void* from, size_t bytes) {
  if (bytes > 0) std::memcpy(to, from, bytes);
}
void download(void* to, const void* from, size_t bytes) {
  if (bytes > 0) std::memcpy(to, from, bytes);
}
FaultSlot* fault_slot() {
  thread_local FaultSlot slot{};
  return &slot;
}

}  // namespace tape::cuda
