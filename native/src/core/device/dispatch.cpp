// The table of a device, with the kernels it lacks filled in by ones that refuse.
#include "tape/dispatch.h"

#include "devices.h"
#include "kernel_slots.h"
#include "tape/error.h"

namespace tape {
namespace {

/// A kernel's name as a type, so that every refusal is a function of its own.
template <size_t N>
struct Name {
  constexpr Name(const char (&text)[N]) {
    for (size_t i = 0; i < N; ++i) characters[i] = text[i];
  }
  char characters[N];
};

template <Name name, class R, class... Args>
R refuse(Args...) {
  fail(ErrorCode::device, making(), "has no form for cuda yet (", name.characters,
       "), bring its tensors to the processor with to('cpu')");
}

template <Name name, class R, class... Args>
void fill(R (*&slot)(Args...)) {
  if (!slot) slot = refuse<name, R, Args...>;
}

#define TAPE_COUNT(family, kernel) +1
static_assert(sizeof(Kernels) == (0 TAPE_KERNEL_SLOTS(TAPE_COUNT)) * sizeof(void (*)()) + 2 * sizeof(void*),
              "kernel_slots.h must name every kernel of the table once");

Kernels completed(const Kernels* given) {
  Kernels all = given ? *given : Kernels{};
#define TAPE_FILL(family, kernel) fill<#family "." #kernel>(all.family.kernel);
  TAPE_KERNEL_SLOTS(TAPE_FILL)
  return all;
}

struct Completed {
  const DeviceBackend* backend = nullptr;
  uint32_t generation = 0;
  Kernels kernels{};
};

}  // namespace

const Kernels& device_kernels(Device device) {
  thread_local Completed made;
  const DeviceBackend& backend = backend_of(making(), device);
  if (made.backend != &backend || made.generation != backend_generation()) [[unlikely]]
    made = {&backend, backend_generation(), completed(backend.kernels)};
  return made.kernels;
}

bool has_kernel(const Tensor& x, bool (*pick)(const Kernels&)) {
  if (x.device() == Device::cpu) return pick(kernels());
  const Kernels* own = backend_of(making(), x.device()).kernels;
  return own && pick(*own);
}

void refuse_mixed_devices(Device a, Device b) {
  fail(ErrorCode::device, making(), "its tensors are on different devices, ", name_of(a), " and ", name_of(b),
       ", bring them to one with to()");
}

void refuse_here(Device device) {
  fail(ErrorCode::device, making(), "works on the processor only, got a tensor on ", name_of(device),
       ", bring it there with to('cpu')");
}

}  // namespace tape
