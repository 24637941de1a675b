// Gradients in the flat buffers of an optimizer: where they lie, and that nobody can tell.
#include "helpers.h"
#include "tape/hooks.h"
#include "tape/memory.h"
#include "tape/optim.h"
#include "tape/precision.h"
#include "tape/random.h"

namespace tape::test {
namespace {

Tensor leaf(const Dims& shape, DType dtype) {
  Tensor x = randn(shape, dtype);
  x.set_requires_grad(true);
  return x;
}

/// One of each kind of layer, its loss reaching every parameter; some parameters twice.
struct Model {
  explicit Model(DType dtype = DType::float32)
      : table(leaf({11, 6}, dtype)),
        kernel(leaf({5, 3, 3, 3}, dtype)),
        kernel_bias(leaf({5}, dtype)),
        weight(leaf({40, 70}, dtype)),
        bias(leaf({40}, dtype)),
        scale(leaf({40}, dtype)),
        square(leaf({40, 40}, dtype)) {
    for (const Dims& shape : {Dims{32, 6}, Dims{32, 8}, Dims{32}, Dims{32}})
      lstm.push_back(leaf(shape, dtype));
  }
  std::vector<Tensor> parameters() const {
    std::vector<Tensor> all{table, kernel, kernel_bias, weight, bias, scale, square};
    all.insert(all.end(), lstm.begin(), lstm.end());
    return all;
  }
  Tensor loss(double shift) const {
    const DType dtype = weight.dtype();
    const Tensor index = make({2, 3}, {1, 4, 1, 10, 0, 4}, DType::int64);
    const Tensor words = recurrent(CellKind::lstm, embedding(index, table, {}), {}, {}, {}, lstm, {}).output;
    const Tensor image =
        add(full({2, 3, 6, 6}, shift, dtype), reshape(arange(0, 216, 1, dtype), {2, 3, 6, 6}));
    const Tensor seen = conv2d(mul(image, 0.01), kernel, kernel_bias, {}, false);
    const Tensor rows = full({70, 70}, 0.1 + shift, dtype);
    const Tensor once = linear(rows, weight, bias);
    const Tensor twice = matmul(matmul(mul(once, scale), square), square);
    return add(add(mean(square_of(words)), mean(square_of(seen))), mul(mean(square_of(twice)), 1e-3));
  }
  static Tensor square_of(const Tensor& x) { return mul(x, x); }
  Tensor table, kernel, kernel_bias, weight, bias, scale, square;
  std::vector<Tensor> lstm;
};

void rewind(const Tensor& loss) { backward({loss}, {}, false, false); }

const Storage* home(const Tensor& gradient) { return gradient.impl()->storage->parent.get(); }

void same(const Tensor& got, const Tensor& expected, double epsilon) {
  REQUIRE(got.shape() == expected.shape());
  const auto a = values_of(got), b = values_of(expected);
  for (size_t i = 0; i < a.size(); ++i) CHECK(a[i] == doctest::Approx(b[i]).epsilon(epsilon).scale(0.1));
}

}  // namespace

TEST_CASE("flat gradients: every layer writes there, and what it writes is what it gave before") {
  for (const DType dtype : {DType::float32, DType::float64}) {
    manual_seed(3);
    const Model plain(dtype);
    manual_seed(3);
    const Model flat(dtype);
    Optimizer optimizer(OptimizerKind::sgd, flat.parameters(), {.lr = 0});
    const auto a = plain.parameters(), b = flat.parameters();
    for (int round = 0; round < 3; ++round) {  // the second and third are added to the first
      rewind(plain.loss(0.1 * round));
      rewind(flat.loss(0.1 * round));
      for (size_t i = 0; i < a.size(); ++i) {
        CAPTURE(i);
        same(b[i].grad(), a[i].grad(), dtype == DType::float32 ? 1e-4 : 1e-12);
        CHECK(home(b[i].grad()) != nullptr);
        CHECK(home(b[i].grad()) == home(b[0].grad()));
      }
    }
    // Cleared, the same memory is written over.
    const void* const before = flat.weight.grad().data();
    optimizer.zero_grad();
    for (const Tensor& p : a) p.set_grad({});
    for (const Tensor& p : b) CHECK(!p.grad().defined());
    rewind(plain.loss(0.5));
    rewind(flat.loss(0.5));
    CHECK(flat.weight.grad().data() == before);
    for (size_t i = 0; i < a.size(); ++i)
      same(b[i].grad(), a[i].grad(), dtype == DType::float32 ? 1e-4 : 1e-12);
  }
}

TEST_CASE("flat gradients: one that somebody holds is not written over") {
  const Model model;
  Optimizer optimizer(OptimizerKind::sgd, model.parameters(), {.lr = 0.1});
  rewind(model.loss(0));
  const Tensor held = model.weight.grad(), view = detach(model.bias.grad());
  const auto kept = values_of(held), seen = values_of(view);
  optimizer.zero_grad();
  rewind(model.loss(1));
  CHECK(values_of(held) == kept);
  CHECK(values_of(view) == seen);
  CHECK(values_of(model.weight.grad()) != kept);
  CHECK(home(model.square.grad()) != nullptr);
  optimizer.step();  // a gradient elsewhere is stepped with like any other
}

TEST_CASE("flat gradients: a replaced gradient is added to where it lies") {
  const Model model;
  const Optimizer optimizer(OptimizerKind::adam, model.parameters(), {});
  rewind(model.loss(0));
  const Tensor own = full(model.weight.shape(), 2, DType::float32);
  const auto first = values_of(model.weight.grad());
  model.weight.set_grad(own);
  rewind(model.loss(0));
  CHECK(model.weight.grad().ref() == own.ref());
  const auto total = values_of(own);
  for (size_t i = 0; i < total.size(); ++i) CHECK(total[i] == doctest::Approx(2 + first[i]).epsilon(1e-5));
}

TEST_CASE("flat gradients: hooks see the gradient of this backward, grad() leaves them alone") {
  const Model model;
  const Optimizer optimizer(OptimizerKind::adam, model.parameters(), {});
  rewind(model.loss(0));
  const auto once = values_of(model.weight.grad());
  std::vector<double> hooked;
  const auto hook = register_hook(model.weight, [&](const Tensor& gradient) {
    hooked = values_of(gradient);
    return Tensor();
  });
  rewind(model.loss(0));
  CHECK(hooked.size() == once.size());
  for (size_t i = 0; i < hooked.size(); ++i) CHECK(hooked[i] == doctest::Approx(once[i]));
  const auto twice = values_of(model.weight.grad());
  for (size_t i = 0; i < twice.size(); ++i) CHECK(twice[i] == doctest::Approx(2 * once[i]));
  const Tensor asked = grad({model.loss(0)}, {model.weight}, {}, false, false, false)[0];
  CHECK(values_of(model.weight.grad()) == twice);
  for (size_t i = 0; i < once.size(); ++i) CHECK(values_of(asked)[i] == doctest::Approx(once[i]));
}

TEST_CASE("flat gradients: they outlive the optimizer, the next backward makes its own") {
  const Model model;
  {
    const Optimizer optimizer(OptimizerKind::adam, model.parameters(), {});
    rewind(model.loss(0));
  }
  const auto once = values_of(model.weight.grad());
  rewind(model.loss(0));
  const auto twice = values_of(model.weight.grad());
  for (size_t i = 0; i < twice.size(); ++i) CHECK(twice[i] == doctest::Approx(2 * once[i]));
  for (const Tensor& p : model.parameters()) p.set_grad({});
  rewind(model.loss(0));
  for (const Tensor& p : model.parameters()) CHECK(home(p.grad()) == nullptr);
}

TEST_CASE("flat gradients: of a float32 master weight under autocast") {
  manual_seed(5);
  const Tensor weight = leaf({33, 65}, DType::float32), x = randn({20, 65}, DType::float32);
  const auto run = [&] {
    const DType before = set_autocast(DType::bfloat16);
    const Tensor loss = mean(linear(x, weight, {}));
    set_autocast(before);
    rewind(loss);
  };
  run();
  const auto once = values_of(weight.grad());
  weight.set_grad({});
  const Optimizer optimizer(OptimizerKind::adam, {weight}, {});
  run();
  CHECK(home(weight.grad()) != nullptr);
  CHECK(values_of(weight.grad()) == once);
  run();
  for (size_t i = 0; i < once.size(); ++i)
    CHECK(values_of(weight.grad())[i] == doctest::Approx(2 * once[i]).epsilon(1e-6));
}

}  // namespace tape::test
