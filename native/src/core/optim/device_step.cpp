// What a step of an optimizer leaves to the device: its rules lie there, and nothing waits for the norm.
#include <cstring>

#include "../device/device_memory.h"
#include "tape/optim.h"
#include "tape/step_graph.h"

namespace tape {
namespace {

static_assert(sizeof(ClipOutcome) == 2 * sizeof(double), "device_outcome is two numbers");

void send(const Tensor& to, const ClipRule& clip, const std::vector<UpdateRule>& rules) {
  static_assert(sizeof(ClipRule) % alignof(UpdateRule) == 0, "the rules lie behind it");
  std::vector<char> bytes(sizeof clip + rules.size() * sizeof(UpdateRule));
  std::memcpy(bytes.data(), &clip, sizeof clip);
  std::memcpy(bytes.data() + sizeof clip, rules.data(), rules.size() * sizeof(UpdateRule));
  copy_bytes(to.data(), to.device(), bytes.data(), Device::cpu, bytes.size());
}

}  // namespace

/// Where the kernels find the rules of this step. A step that is recorded has a place of its own, which is
/// written anew before each replay: with the rates of then.
UpdateRule* Optimizer::place_rules(const ClipRule& clip) {
  const Device device = parameters_[0].tensor.device();
  if (device == Device::cpu) return rules_.data();
  const auto bytes = static_cast<int64_t>(sizeof clip + rules_.size() * sizeof(UpdateRule));
  StepGraph* const graph = recorded_graph();
  if (graph)
    device_rules_ = graph->room(bytes);
  else if (!device_rules_.defined() || device_rules_.numel() < bytes)
    device_rules_ = empty({bytes}, DType::uint8, device);
  if (!graph) {
    send(device_rules_, clip, rules_);
  } else {
    const auto prepare = [alive = std::weak_ptr(alive_), clip, to = device_rules_, rules = rules_,
                          ruled = ruled_, owners = owners_]() mutable {
      const auto self = alive.lock();
      if (!self)
        fail(ErrorCode::handle, "optim", "the optimizer of this graph was disposed, record it again");
      Optimizer& optimizer = **self;
      optimizer.count_steps(owners, 1);
      for (size_t r = 0; r < rules.size(); ++r) {
        const auto [group, parameter] = ruled[r];
        const UpdateRule now =
            optimizer.rule_of(optimizer.groups_[group].options, optimizer.parameters_[parameter].steps);
        const double factor = rules[r].factor, limit = rules[r].limit;
        rules[r] = now;
        rules[r].factor = factor;
        rules[r].limit = limit;
      }
      send(to, clip, rules);
    };
    const auto undo = [alive = std::weak_ptr(alive_), owners = owners_] {
      if (const auto self = alive.lock()) (*self)->count_steps(owners, -1);
    };
    graph->add({prepare, undo});
  }
  return reinterpret_cast<UpdateRule*>(device_rules_.address<char>() + sizeof clip);
}

LaterReport Optimizer::outcome() {
  LaterReport report;
  if (!device_outcome_.defined()) return report;
  ClipOutcome read{};
  copy_bytes(&read, Device::cpu, device_outcome_.data(), device_outcome_.device(), sizeof read);
  report.norm = read.norm;
  report.skipped = static_cast<int64_t>(read.skipped);
  if (report.skipped == 0) return report;
  count_steps(owners_, -report.skipped);
  read.skipped = 0;
  copy_bytes(device_outcome_.data(), device_outcome_.device(), &read, Device::cpu, sizeof read);
  return report;
}

}  // namespace tape
