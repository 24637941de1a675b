// One row for each op. Every check of op_checks.cpp runs over all rows: forward against a float64
// reference written here in plain loops, float32 against float64, non-contiguous inputs, gradients and
// gradients of gradients against finite differences, empty tensors, leaks.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "tape/autograd.h"
#include "tape/ops.h"

namespace tape::test {

/// A dense array of doubles: what references compute with.
struct Array {
  Dims shape;
  std::vector<double> values;
  /// Element of this array, broadcast to `shape`, at flat position `index` of it.
  double at(const Dims& full_shape, int64_t index) const;
};

/// Values an input is drawn from.
enum class Draw {
  any,       // -2..2, away from 0, so that kinks of abs and relu are not met
  positive,  // 0.5..2.5
  unit,      // 0..1
  labels,    // int64 0..2, never differentiated
  flags,     // bool, never differentiated
};

struct Input {
  Dims shape;
  Draw draw = Draw::any;
};

/// What sizes a row's inputs may be given instead of its own: equal sizes change together. A row whose op or
/// reference holds sizes of its own stays `fixed`.
enum class Sizes {
  fixed,
  not_empty,  // any from 1 on
  any,
};

struct Row {
  std::string name;
  std::vector<Input> inputs;
  std::function<Tensor(const std::vector<Tensor>&)> apply;
  std::function<Array(const std::vector<Array>&)> reference;
  bool differentiable = true;
  bool twice = true;  // has a derivative of its derivative
  double float32_tolerance = 2e-6;
  Sizes sizes = Sizes::fixed;
};

const std::vector<Row>& op_table();

/// Draws the row's inputs, the same ones every time.
std::vector<Array> draw(const Row& row);
/// What was drawn as tensors, floating ones of `dtype`.
std::vector<Tensor> tensors_of(const Row& row, const std::vector<Array>& arrays, DType dtype);

}  // namespace tape::test
