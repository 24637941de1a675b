// The journal of a step: nodes, what they save, when memory comes and goes, gradients on their way.
#include "tape/journal.h"

#include <map>

#include "helpers.h"
#include "tape/optim.h"

namespace tape::test {
namespace {

int64_t count(const Journal& journal, JournalEvent event) {
  return std::count_if(journal.lines.begin(), journal.lines.end(),
                       [&](const JournalLine& line) { return line.event == event; });
}

/// Bytes in use after the last line.
int64_t active_after(const Journal& journal) {
  std::vector<double> bytes;
  double active = static_cast<double>(journal.active);
  for (const JournalLine& line : journal.lines) {
    if (line.event == JournalEvent::took) bytes.push_back(line.value), active += line.value;
    if (line.event == JournalEvent::gave) active -= bytes[static_cast<size_t>(line.value)];
    if (line.event == JournalEvent::gave_older) active -= line.value;
  }
  return static_cast<int64_t>(active);
}

}  // namespace

TEST_CASE("journal: every node on the way to the loss, with its inputs, in order of recording") {
  const Tensor x = variable({2, 3}, {1, 2, 3, 4, 5, 6}), w = variable({3}, {1, 1, 1});
  const int64_t before = memory_stats().live_nodes;
  start_journal({});
  {
    const Tensor y = mul(x, w);    // 0
    const Tensor unused = exp(y);  // 1
    const Tensor z = add(y, y);    // 2
    const Tensor loss = sum(z);    // 3
    CHECK(memory_stats().live_nodes - before == 4 + 2);
    backward({loss}, {}, false, false);
  }
  const Journal journal = stop_journal();
  CHECK(memory_stats().live_nodes == before);
  REQUIRE(journal.nodes.size() == 4);
  REQUIRE(journal.leaves.size() == 2);
  CHECK(journal.nodes[0].op == "mul");
  CHECK(journal.nodes[0].inputs[0].node == -1);
  CHECK(journal.nodes[0].inputs[1].node == -2);
  CHECK(journal.leaves[0].variable == x.impl());
  CHECK(journal.leaves[1].variable == w.impl());
  CHECK_FALSE(journal.nodes[1].reached);
  CHECK(journal.nodes[2].inputs[0].node == 0);
  CHECK(journal.nodes[2].inputs[1].node == 0);
  CHECK(journal.nodes[3].reached);
  CHECK(journal.nodes[3].outputs[0].shape.size() == 0);
  CHECK(count(journal, JournalEvent::recorded) == 4);
  CHECK(count(journal, JournalEvent::enters) == 3 + 2);
  CHECK(count(journal, JournalEvent::leaves) == 3 + 2);
}

TEST_CASE("journal: memory adds up to what the allocator counts") {
  const Tensor x = variable({1000}, std::vector<double>(1000, 2.0));
  start_journal({});
  {
    const Tensor loss = sum(exp(mul(x, x)));
    backward({loss}, {}, false, false);
  }
  const int64_t active = memory_stats().active;
  const Journal journal = stop_journal();
  CHECK(active_after(journal) == active);
  // exp saves its output, made in the journal; mul its inputs, made before.
  CHECK(journal.nodes[0].saved[0].storage == -1);
  CHECK(journal.nodes[1].saved[0].storage >= 0);
  CHECK(journal.nodes[1].saved[0].is_output);
}

TEST_CASE("journal: gradients are seen as they arrive and as they go on, and come out the same") {
  const auto gradient = [](GradientLook look) {
    const Tensor x = variable({2, 3}, {1, 2, 3, 4, 5, 6}), w = variable({3}, {1, 2, 3});
    if (look) start_journal(std::move(look));
    const Tensor y = mul(x, w);
    backward({sum(add(exp(y), y))}, {}, false, false);
    stop_journal();
    return std::pair{values_of(x.grad()), values_of(w.grad())};
  };
  const auto plain = gradient({});
  std::map<std::pair<int64_t, bool>, std::vector<std::vector<double>>> seen;
  const auto looked = gradient([&](int64_t node, bool given, const std::vector<Tensor>& gradients) {
    for (const Tensor& one : gradients) seen[{node, given}].push_back(values_of(one));
  });
  CHECK(plain == looked);
  CHECK(seen.size() == 2 * 4);
  const std::vector<std::vector<double>> last{plain.first, plain.second};
  CHECK(seen[std::pair{int64_t{0}, true}] == last);
  CHECK(seen[std::pair{int64_t{3}, false}] == std::vector<std::vector<double>>{{1}});
  CHECK(memory_stats().live_nodes == 0);
}

TEST_CASE("journal: what a derivative writes into an optimizer's buffer is seen too") {
  Tensor w = to(variable({3, 2}, {1, 2, 3, 4, 5, 6}), DType::float32);
  w = detach(w);
  w.set_requires_grad(true);
  Optimizer sgd(OptimizerKind::sgd, {w}, {});
  const Tensor x = full({4, 2}, 1, DType::float32);
  std::vector<double> seen;
  start_journal([&](int64_t node, bool given, const std::vector<Tensor>& gradients) {
    if (node == 0 && given) seen = values_of(gradients[1]);
  });
  backward({sum(linear(x, w, {}))}, {}, false, false);
  stop_journal();
  CHECK(seen == values_of(w.grad()));
  CHECK(seen == std::vector<double>(6, 4.0));
}

TEST_CASE("journal: one at a time, and an error in a look leaves a tape that can be walked again") {
  start_journal({});
  CHECK(message_of([] { start_journal({}); }) == "[journal] a journal is kept already, stop it first");
  stop_journal();
  const Tensor x = variable({2}, {1, 2});
  const Tensor loss = sum(mul(x, x));
  start_journal([](int64_t, bool, const std::vector<Tensor>&) { fail(ErrorCode::value, "look", "no"); });
  const Tensor other = sum(mul(x, x));
  CHECK(message_of([&] { backward({other}, {}, true, false); }) == "[look] no");
  stop_journal();
  CHECK((tape_mode & kJournal) == 0);
  backward({loss}, {}, false, false);
  CHECK(values_of(x.grad()) == std::vector<double>{2, 4});
}

}  // namespace tape::test
