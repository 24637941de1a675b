// The checks every row of the op table goes through.
#include <cmath>
#include <set>

#include "doctest/doctest.h"
#include "op_table.h"
#include "tape/random.h"

namespace tape::test {
namespace {

std::vector<double> values_of(const Tensor& x) {
  GradMode mode(false);
  const Tensor plain = to(contiguous(to(x, DType::float64)), Device::cpu);
  return {plain.data_as<double>(), plain.data_as<double>() + plain.numel()};
}

Tensor make(const Dims& shape, const std::vector<double>& values, DType dtype) {
  Tensor out = empty(shape, DType::float64);
  std::copy(values.begin(), values.end(), out.data_as<double>());
  return to(out, dtype);
}

DType dtype_for(const Input& input, DType floating) {
  return input.draw == Draw::labels ? DType::int64 : input.draw == Draw::flags ? DType::boolean : floating;
}

}  // namespace

std::vector<Array> draw(const Row& row) {
  std::vector<Array> arrays;
  uint64_t block = 0;
  for (const Input& input : row.inputs) {
    Array array{input.shape, {}};
    for (int64_t i = 0; i < numel_of(input.shape); ++i) {
      const uint32_t bits = philox(17, block++).v[0];
      const double u = bits / 4294967296.0;
      switch (input.draw) {
        case Draw::any:
          array.values.push_back(u < 0.5 ? -2 + 3.8 * u : 0.1 + 3.8 * (u - 0.5));
          break;
        case Draw::positive:
          array.values.push_back(0.5 + 2 * u);
          break;
        case Draw::unit:
          array.values.push_back(u);
          break;
        case Draw::labels:
          array.values.push_back(bits % 3);
          break;
        case Draw::flags:
          array.values.push_back(bits % 2);
          break;
      }
    }
    arrays.push_back(array);
  }
  return arrays;
}

std::vector<Tensor> tensors_of(const Row& row, const std::vector<Array>& arrays, DType dtype) {
  std::vector<Tensor> tensors;
  for (size_t i = 0; i < arrays.size(); ++i)
    tensors.push_back(make(arrays[i].shape, arrays[i].values, dtype_for(row.inputs[i], dtype)));
  return tensors;
}

namespace {

void check_close(const std::vector<double>& got, const std::vector<double>& expected, double tolerance) {
  REQUIRE(got.size() == expected.size());
  for (size_t i = 0; i < got.size(); ++i) {
    CAPTURE(i);
    CAPTURE(got[i]);
    CAPTURE(expected[i]);
    const bool same = got[i] == expected[i] || (std::isnan(got[i]) && std::isnan(expected[i]));  // infinities
    REQUIRE((same || std::fabs(got[i] - expected[i]) <= tolerance * (1 + std::fabs(expected[i]))));
  }
}

using Function = std::function<std::vector<Tensor>(const std::vector<Tensor>&)>;

/// Full Jacobian by backward against central differences, for every floating input.
void check_gradients(const Function& function, std::vector<Tensor> inputs, double tolerance) {
  constexpr double eps = 1e-6;
  std::vector<size_t> wanted;
  std::vector<Tensor> variables;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (!is_floating(inputs[i].dtype())) continue;
    inputs[i] = clone(detach(inputs[i]));
    inputs[i].set_requires_grad(true);
    wanted.push_back(i);
    variables.push_back(inputs[i]);
  }
  const std::vector<Tensor> outputs = function(inputs);
  for (size_t o = 0; o < outputs.size(); ++o) {
    const Tensor output = outputs[o];
    std::vector<std::vector<std::vector<double>>> rows;  // [element][variable][element]
    for (int64_t r = 0; r < output.numel(); ++r) {
      std::vector<std::vector<double>> row(variables.size());
      if (output.requires_grad()) {
        Tensor seed = full({output.numel()}, 0, DType::float64);
        fill_(select(seed, 0, r), 1);
        const auto gradients = grad({output}, variables, {reshape(seed, output.shape())}, true, false, true);
        for (size_t v = 0; v < variables.size(); ++v)
          row[v] = gradients[v].defined()
                       ? values_of(gradients[v])
                       : std::vector<double>(static_cast<size_t>(variables[v].numel()), 0.0);
      } else {
        for (size_t v = 0; v < variables.size(); ++v)
          row[v].assign(static_cast<size_t>(variables[v].numel()), 0.0);
      }
      rows.push_back(row);
    }
    for (size_t v = 0; v < variables.size(); ++v) {
      const std::vector<double> base = values_of(variables[v]);
      for (size_t c = 0; c < base.size(); ++c) {
        const auto at = [&](double shift) {
          std::vector<double> moved = base;
          moved[c] += shift;
          std::vector<Tensor> other = inputs;
          other[wanted[v]] = make(variables[v].shape(), moved, DType::float64);
          // Needed by functions that differentiate inside.
          other[wanted[v]].set_requires_grad(true);
          return values_of(function(other)[o]);
        };
        const std::vector<double> above = at(eps), below = at(-eps);
        for (size_t r = 0; r < above.size(); ++r) {
          const double numerical = (above[r] - below[r]) / (2 * eps), analytical = rows[r][v][c];
          CAPTURE(o);
          CAPTURE(wanted[v]);
          CAPTURE(analytical);
          CAPTURE(numerical);
          REQUIRE(std::fabs(analytical - numerical) <= tolerance * (1 + std::fabs(numerical)));
        }
      }
    }
  }
}

template <class F>
void for_each_row(F f) {
  for (const Row& row : op_table()) {
    CAPTURE(row.name);
    const int64_t tensors = memory_stats().live_tensors, nodes = memory_stats().live_nodes;
    f(row);
    // Nothing an op made, saved or recorded may outlive its users.
    REQUIRE(memory_stats().live_tensors == tensors);
    REQUIRE(memory_stats().live_nodes == nodes);
  }
}

}  // namespace

TEST_CASE("ops: forward agrees with the float64 reference") {
  for_each_row([](const Row& row) {
    const auto arrays = draw(row);
    const Array expected = row.reference(arrays);
    const Tensor got = row.apply(tensors_of(row, arrays, DType::float64));
    REQUIRE(to_string(got.shape()) == to_string(expected.shape));
    check_close(values_of(got), expected.values, 1e-12);
  });
}

TEST_CASE("ops: float32 agrees with the reference") {
  for_each_row([](const Row& row) {
    const auto arrays = draw(row);
    auto inputs = tensors_of(row, arrays, DType::float32);
    // The reference sees what float32 could hold, so that only the op's own rounding counts.
    std::vector<Array> rounded;
    for (size_t i = 0; i < arrays.size(); ++i) rounded.push_back({arrays[i].shape, values_of(inputs[i])});
    check_close(values_of(row.apply(inputs)), row.reference(rounded).values, row.float32_tolerance);
  });
}

TEST_CASE("ops: non-contiguous inputs give the same result and gradients") {
  for_each_row([](const Row& row) {
    const auto arrays = draw(row);
    auto inputs = tensors_of(row, arrays, DType::float64);
    for (Tensor& input : inputs) {
      if (input.rank() == 0) continue;
      // Every second element of a wider tensor, stored with its dimensions reversed.
      Dims order;
      for (int d = input.rank() - 1; d >= 0; --d) order.push_back(d);
      Tensor reversed = clone(permute(input, order));
      Dims wide = reversed.shape();
      wide.push_back(2);
      Tensor spread = full(wide, 7, input.dtype());
      copy_(select(spread, -1, 0), reversed);
      input = permute(select(spread, -1, 0), order);
      if (input.numel() > 1) REQUIRE_FALSE(input.is_contiguous());
    }
    check_close(values_of(row.apply(inputs)), row.reference(arrays).values, 1e-12);
    if (!row.differentiable) return;
    check_gradients(
        [&](const std::vector<Tensor>& x) {
          std::vector<Tensor> strided;
          for (const Tensor& input : x)
            strided.push_back(input.rank() == 2 ? transpose(contiguous(transpose(input, 0, 1)), 0, 1)
                                                : input);
          return std::vector<Tensor>{row.apply(strided)};
        },
        tensors_of(row, arrays, DType::float64), 1e-6);
  });
}

TEST_CASE("ops: gradients agree with finite differences") {
  for_each_row([](const Row& row) {
    if (!row.differentiable) return;
    check_gradients([&](const std::vector<Tensor>& x) { return std::vector<Tensor>{row.apply(x)}; },
                    tensors_of(row, draw(row), DType::float64), 1e-6);
  });
}

namespace {

/// `row` with every input size `from` made `to`.
Row resized(const Row& row, int64_t from, int64_t to) {
  Row other = row;
  other.name += " with " + std::to_string(to) + " for " + std::to_string(from);
  for (Input& input : other.inputs)
    for (int64_t& size : input.shape)
      if (size == from) size = to;
  return other;
}

std::set<int64_t> sizes_of(const Row& row) {
  std::set<int64_t> sizes;
  for (const Input& input : row.inputs)
    for (int64_t size : input.shape)
      if (size > 1) sizes.insert(size);
  return sizes;
}

}  // namespace

TEST_CASE("ops: sizes of one and empty tensors") {
  size_t checked = 0;
  for_each_row([&](const Row& row) {
    if (row.sizes == Sizes::fixed) return;
    std::vector<Row> variants;
    Row ones = row;
    for (int64_t size : sizes_of(row)) {
      variants.push_back(resized(row, size, 1));
      ones = resized(ones, size, 1);
      if (row.sizes == Sizes::any) variants.push_back(resized(row, size, 0));
    }
    variants.push_back(ones);
    for (const Row& variant : variants) {
      CAPTURE(variant.name);
      const auto arrays = draw(variant);
      const auto inputs = tensors_of(variant, arrays, DType::float64);
      const Array expected = variant.reference(arrays);
      const Tensor got = variant.apply(inputs);
      REQUIRE(to_string(got.shape()) == to_string(expected.shape));
      check_close(values_of(got), expected.values, 1e-12);
      ++checked;
      if (variant.differentiable)
        check_gradients([&](const std::vector<Tensor>& x) { return std::vector<Tensor>{variant.apply(x)}; },
                        inputs, 1e-6);
    }
  });
  CHECK(checked > 200);
}

TEST_CASE("ops: larger inputs agree with the reference, their gradients along random directions") {
  constexpr double eps = 1e-6;
  size_t checked = 0;
  for_each_row([&](const Row& row) {
    if (row.sizes == Sizes::fixed) return;
    // Longer than a vector register and no multiple of one.
    Row larger = row;
    for (int64_t size : sizes_of(row)) larger = resized(larger, size, -size);
    for (Input& input : larger.inputs)
      for (int64_t& size : input.shape) size = size < 0 ? -size * 5 + 2 : size;
    const auto arrays = draw(larger);
    auto inputs = tensors_of(larger, arrays, DType::float64);
    check_close(values_of(larger.apply(inputs)), larger.reference(arrays).values, 1e-11);
    ++checked;
    if (!larger.differentiable) return;
    std::vector<Tensor> variables;
    std::vector<Array> forward = arrays, backward = arrays;
    std::vector<std::vector<double>> directions;
    uint64_t block = 0;
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (!is_floating(inputs[i].dtype())) continue;
      inputs[i].set_requires_grad(true);
      variables.push_back(inputs[i]);
      directions.emplace_back();
      for (size_t k = 0; k < arrays[i].values.size(); ++k) {
        directions.back().push_back(philox(23, block++).v[0] / 4294967296.0 - 0.5);
        forward[i].values[k] += eps * directions.back()[k];
        backward[i].values[k] -= eps * directions.back()[k];
      }
    }
    const Tensor output = larger.apply(inputs);
    if (!output.requires_grad()) return;
    std::vector<double> weights;
    for (int64_t k = 0; k < output.numel(); ++k)
      weights.push_back(philox(29, block++).v[0] / 4294967296.0 - 0.5);
    const auto gradients =
        grad({output}, variables, {make(output.shape(), weights, DType::float64)}, false, false, true);
    double analytical = 0, numerical = 0, size = 0;
    for (size_t v = 0; v < variables.size(); ++v) {
      if (!gradients[v].defined()) continue;
      const auto values = values_of(gradients[v]);
      for (size_t k = 0; k < values.size(); ++k) {
        analytical += values[k] * directions[v][k];
        size += std::fabs(values[k] * directions[v][k]);
      }
    }
    const auto above = larger.reference(forward).values, below = larger.reference(backward).values;
    for (size_t k = 0; k < weights.size(); ++k) numerical += weights[k] * (above[k] - below[k]) / (2 * eps);
    CAPTURE(analytical);
    CAPTURE(numerical);
    REQUIRE(std::fabs(analytical - numerical) <= 1e-6 * (1 + size));
  });
  CHECK(checked > 100);
}

TEST_CASE("ops: gradients of gradients agree with finite differences") {
  for_each_row([](const Row& row) {
    if (!row.differentiable || !row.twice) return;
    auto inputs = tensors_of(row, draw(row), DType::float64);
    // The incoming gradient is an input too: backward must be right in it as well.
    const Tensor shape_of = row.apply(inputs);
    Tensor direction = empty(shape_of.shape(), DType::float64);
    for (int64_t i = 0; i < direction.numel(); ++i)
      direction.data_as<double>()[i] = 0.3 + 0.1 * static_cast<double>(i % 7);
    inputs.push_back(direction);
    check_gradients(
        [&](const std::vector<Tensor>& x) {
          std::vector<Tensor> arguments(x.begin(), x.end() - 1), variables;
          for (const Tensor& argument : arguments)
            if (is_floating(argument.dtype())) variables.push_back(argument);
          const Tensor output = row.apply(arguments);
          std::vector<Tensor> result;
          if (!output.requires_grad()) return result;
          for (const Tensor& gradient : grad({output}, variables, {x.back()}, true, true, true))
            if (gradient.defined()) result.push_back(gradient);
          return result;
        },
        inputs, 2e-6);
  });
}

TEST_CASE("ops: what goes into backward comes out in the input's shape and dtype") {
  for_each_row([](const Row& row) {
    if (!row.differentiable) return;
    auto inputs = tensors_of(row, draw(row), DType::float32);
    for (Tensor& input : inputs)
      if (is_floating(input.dtype())) input.set_requires_grad(true);
    const Tensor output = row.apply(inputs);
    if (!output.requires_grad()) return;
    backward({output}, {full(output.shape(), 1, DType::float32)}, false, false);
    for (const Tensor& input : inputs) {
      if (!input.requires_grad() || !input.grad().defined()) continue;
      REQUIRE(to_string(input.grad().shape()) == to_string(input.shape()));
      REQUIRE(input.grad().dtype() == DType::float32);
      REQUIRE(input.grad().is_contiguous());
    }
  });
}

}  // namespace tape::test
