// No op without a row: the ops are read from their headers, so that forgetting a row fails here.
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>

#include "doctest/doctest.h"
#include "op_table.h"

namespace tape::test {
namespace {

/// Ops whose rows go by other names: what differs from the header's name in camelCase.
const std::map<std::string, std::vector<std::string>> row_names = {
    {"binary_", {"add_", "sub_", "mul_", "div_"}},   {"compare", {"eq", "ne", "lt", "le", "gt", "ge"}},
    {"recurrent", {"rnn", "gru", "lstm"}},           {"recurrent_cell", {"rnnCell", "gruCell", "lstmCell"}},
    {"scaled_dot_product_attention", {"attention"}}, {"stddev", {"std"}},
};

/// Ops the table cannot draw inputs for or compare element by element, and the test that stands in.
const std::map<std::string, std::string> elsewhere = {
    {"bernoulli", "sampling_test.cpp"}, {"from_file", "tensor.test.ts"}, {"multinomial", "sampling_test.cpp"},
    {"normal_", "tensors_test.cpp"},    {"norms", "tensor.test.ts"},     {"rand", "tensors_test.cpp"},
    {"randint", "sampling_test.cpp"},   {"randn", "tensors_test.cpp"},   {"randperm", "tensors_test.cpp"},
    {"uniform_", "tensors_test.cpp"},
};

std::string camel_case(const std::string& name) {
  std::string text;
  for (size_t i = 0; i < name.size(); ++i) {
    const bool joins = name[i] == '_' && i + 1 < name.size();
    text += joins ? static_cast<char>(std::toupper(name[++i])) : name[i];
  }
  return text;
}

/// Every function declared in include/tape/ops, but those that only check or walk over tensors.
std::set<std::string> declared_ops() {
  const std::regex function(R"(^[A-Za-z_][\w:<>, ]*[&*]? ([a-z]\w*)\(.*)");
  std::set<std::string> names;
  for (const auto& entry :
       std::filesystem::directory_iterator(TAPE_GOLDEN_FOLDER "/../../include/tape/ops")) {
    std::ifstream file(entry.path());
    std::smatch match;
    for (std::string line; std::getline(file, line);)
      if (std::regex_match(line, match, function) && match[1].str().rfind("check_", 0) != 0 &&
          match[1] != "each_tensor")
        names.insert(match[1]);
  }
  return names;
}

}  // namespace

TEST_CASE("ops: every op has a row") {
  std::set<std::string> rows;
  for (const Row& row : op_table()) rows.insert(row.name.substr(0, row.name.find(' ')));
  const std::set<std::string> ops = declared_ops();
  REQUIRE(ops.size() > 100);
  std::string missing;
  for (const std::string& op : ops) {
    if (elsewhere.count(op)) continue;
    const auto found = row_names.find(op);
    const std::vector<std::string> wanted =
        found != row_names.end() ? found->second : std::vector<std::string>{camel_case(op)};
    for (const std::string& name : wanted)
      if (!rows.count(name)) missing += " " + name;
  }
  CHECK_MESSAGE(missing.empty(), "ops without a row in tests/ops:" << missing);
  // What is said about ops that are gone would hide the next one of that name.
  for (const auto& [op, test] : elsewhere) CHECK_MESSAGE(ops.count(op) == 1, op << " is no op any more");
}

}  // namespace tape::test
