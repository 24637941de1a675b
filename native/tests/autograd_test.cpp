#include <cmath>

#include "helpers.h"

namespace tape::test {

TEST_CASE("tape: gradients accumulate until they are taken away") {
  const Tensor x = variable({2}, {1, 2});
  backward({sum(square(x))}, {}, false, false);
  backward({sum(square(x))}, {}, false, false);
  CHECK(values_of(x.grad()) == std::vector<double>{4, 8});
  x.set_grad({});
  backward({sum(x)}, {}, false, false);
  CHECK(values_of(x.grad()) == std::vector<double>{1, 1});
}

TEST_CASE("tape: a tensor used twice gathers both gradients") {
  const Tensor x = variable({2}, {3, 5});
  const Tensor y = mul(x, 2);
  backward({sum(add(mul(y, y), y))}, {}, false, false);
  CHECK(values_of(x.grad()) == std::vector<double>{26, 42});
}

TEST_CASE("tape: a chain of 100,000 ops runs backward and is freed without recursion") {
  const int64_t nodes = memory_stats().live_nodes;
  const Tensor x = variable({1}, {1});
  {
    Tensor y = x;
    for (int i = 0; i < 100000; ++i) y = add(y, 1);
    CHECK(memory_stats().live_nodes >= nodes + 100000);
    backward({y}, {}, true, false);
    CHECK(values_of(x.grad()) == std::vector<double>{1});
  }
  // The leaf's own accumulator went with the last node that led to it.
  CHECK(memory_stats().live_nodes == nodes);
}

TEST_CASE("tape: a second backward needs retainGraph") {
  const Tensor x = variable({2}, {1, 2});
  const Tensor y = sum(square(x));
  backward({y}, {}, true, false);
  backward({y}, {}, false, false);
  CHECK(
      message_of([&] { backward({y}, {}, false, false); }) ==
      "[square] backward a second time: what this op saved was released by the first one, pass retainGraph");
}

TEST_CASE("tape: saved tensors are released while backward goes") {
  const Tensor x = variable({1000}, std::vector<double>(1000, 0.5));
  Tensor y = x;
  for (int i = 0; i < 10; ++i) y = exp(mul(y, 0.1));
  const Tensor loss = sum(y);
  y = Tensor();
  const int64_t before = memory_stats().active;
  backward({loss}, {}, false, false);
  // Ten saved outputs of 8,000 bytes are gone, one gradient has come.
  CHECK(memory_stats().active < before - 8 * 8000);
}

TEST_CASE("tape: a saved tensor changed in place is an error naming op, shape and both versions") {
  const Tensor x = variable({2, 3}, {1, 2, 3, 4, 5, 6});
  const Tensor y = mul(x, 2);
  const Tensor z = square(y);
  binary_(BinaryOp::add, y, 1);
  CHECK(message_of([&] { backward({sum(z)}, {}, false, false); }) ==
        "[square] a tensor saved for backward (float64 2x3, input) was changed in place: it is at version 1, "
        "expected version 0, change a clone() instead");
  const Tensor e = exp(x);
  binary_(BinaryOp::mul, e, 2);
  CHECK(message_of([&] { backward({sum(e)}, {}, false, false); }) ==
        "[exp] a tensor saved for backward (float64 2x3, output) was changed in place: it is at version 1, "
        "expected version 0, change a clone() instead");
}

TEST_CASE("tape: versions are shared by views, and a failed backward leaves nothing behind") {
  const Tensor x = variable({2, 3}, {1, 2, 3, 4, 5, 6});
  const Tensor y = mul(x, 1);
  const Tensor z = sum(square(y));
  fill_(select(y, 0, 0), 7);
  CHECK(y.version() == 1);
  CHECK(message_of([&] { backward({z}, {}, false, false); }) != "no error");
  // The same graph can be walked again: marks of the failed task are gone.
  backward({sum(y)}, {}, false, false);
  CHECK(values_of(x.grad()) == std::vector<double>{0, 0, 0, 1, 1, 1});
}

TEST_CASE("tape: in-place writes reach the right leaves through views") {
  const Tensor a = variable({2, 2}, {1, 2, 3, 4}), b = variable({2}, {10, 20});
  const Tensor base = clone(a);
  const Tensor row = select(base, 0, 1), other = select(base, 0, 0);
  binary_(BinaryOp::mul, row, b);
  backward({sum(base)}, {}, true, false);
  CHECK(values_of(a.grad()) == std::vector<double>{1, 1, 10, 20});
  CHECK(values_of(b.grad()) == std::vector<double>{3, 4});
  // A second view of the same base goes on working.
  a.set_grad({});
  backward({sum(other)}, {}, false, false);
  CHECK(values_of(a.grad()) == std::vector<double>{1, 1, 0, 0});
}

TEST_CASE("tape: a constant that is overwritten with gradients joins the tape") {
  const Tensor w = variable({2}, {1, 2});
  const Tensor buffer = full({3, 2}, 0, DType::float64);
  copy_(select(buffer, 0, 1), w);
  CHECK(buffer.requires_grad());
  backward({sum(square(buffer))}, {}, false, false);
  CHECK(values_of(w.grad()) == std::vector<double>{2, 4});
}

TEST_CASE("tape: what must not be changed in place is refused") {
  const Tensor x = variable({2}, {1, 2});
  CHECK(message_of([&] { fill_(x, 0); }) ==
        "[fill_] a leaf that requires gradients cannot be changed in place (shape 2), do it inside noGrad()");
  CHECK(message_of([&] { fill_(select(x, 0, 0), 0); }) ==
        "[fill_] a view of a leaf that requires gradients cannot be changed in place (shape scalar), do it "
        "inside "
        "noGrad()");
  CHECK(message_of([&] { fill_(expand(full({1}, 0, DType::float32), {4}), 1); }) ==
        "[fill_] cannot write into an expanded tensor of shape 4, whose elements share memory, use clone() "
        "first");
  const Tensor zero = full({2}, 0, DType::float64);
  Tensor quiet;
  {
    GradMode mode(false);
    fill_(x, 3);
    quiet = select(zero, 0, 0);
  }
  CHECK(values_of(x) == std::vector<double>{3, 3});
  CHECK(
      message_of([&] { binary_(BinaryOp::add, quiet, select(x, 0, 0)); }) ==
      "[add_] a view made inside noGrad() cannot be changed in place with gradients, make the view outside");
}

TEST_CASE("tape: noGrad and detach cut history") {
  const Tensor x = variable({2}, {1, 2});
  {
    GradMode mode(false);
    CHECK_FALSE(square(x).requires_grad());
  }
  CHECK(square(x).requires_grad());
  CHECK_FALSE(detach(square(x)).requires_grad());
  const Tensor cut = detach(x);
  fill_(cut, 9);
  CHECK(x.version() == 1);
  CHECK(values_of(x) == std::vector<double>{9, 9});
}

TEST_CASE("tape: grad leaves .grad alone, runs only what is needed and names what is unused") {
  const Tensor x = variable({2}, {1, 2}), y = variable({2}, {3, 4}), unused = variable({2}, {0, 0});
  const Tensor middle = mul(x, y);
  const Tensor out = sum(square(middle));
  const auto g = grad({out}, {middle, x}, {}, true, false, false);
  CHECK(values_of(g[0]) == std::vector<double>{6, 16});
  CHECK(values_of(g[1]) == std::vector<double>{18, 64});
  CHECK_FALSE(x.grad().defined());
  CHECK(message_of([&] {
          grad({out}, {x, unused}, {}, true, false, false);
        }) == "[grad] input 1 (2) is not used by the outputs, pass allowUnused to get nothing for it");
  CHECK_FALSE(grad({out}, {unused}, {}, false, false, true)[0].defined());
}

TEST_CASE("tape: third derivative of x^4") {
  const Tensor x = variable({}, {2});
  Tensor y = pow(x, 4);
  for (int i = 0; i < 3; ++i) y = grad({y}, {x}, {}, true, true, false)[0];
  CHECK(values_of(y)[0] == doctest::Approx(48));
}

TEST_CASE("tape: a gradient nobody else holds is taken over, not copied") {
  const Tensor x = variable({1000}, std::vector<double>(1000, 1));
  const Tensor y = sum(mul(x, 3));
  const int64_t made = memory_stats().allocations;
  backward({y}, {}, false, false);
  // The seed, the scaled gradient (materialised once), nothing for the leaf itself.
  CHECK(memory_stats().allocations - made <= 3);
  CHECK(values_of(x.grad())[0] == 3);
}

TEST_CASE("tape: a gradient shared by two leaves is not shared memory") {
  const Tensor x = variable({2}, {1, 2}), y = variable({2}, {1, 2});
  backward({sum(mul(add(x, y), 2))}, {}, false, false);
  CHECK(x.grad().impl()->storage != y.grad().impl()->storage);
  fill_(x.grad(), 0);
  CHECK(values_of(y.grad()) == std::vector<double>{2, 2});
}

TEST_CASE("tape: hooks see and replace gradients") {
  const Tensor x = variable({2}, {1, 2});
  const Tensor y = mul(x, 2);
  register_hook(y, [](const Tensor& g) { return mul(g, 10); });
  backward({sum(y)}, {}, false, false);
  CHECK(values_of(x.grad()) == std::vector<double>{20, 20});
}

TEST_CASE("tape: wrong seeds and roots are refused") {
  const Tensor x = variable({2}, {1, 2});
  const Tensor y = square(x);
  CHECK(
      message_of([&] { backward({y}, {}, false, false); }) ==
      "[backward] the output has 2 elements (2), pass a gradient of that shape or reduce it to one element");
  CHECK(message_of([&] { backward({y}, {full({3}, 1, DType::float64)}, false, false); }) ==
        "[backward] the gradient given is float64 3, expected float64 2");
  CHECK(message_of([&] { backward({full({1}, 1, DType::float32)}, {}, false, false); }) ==
        "[backward] the output (float32 1) does not require gradients: nothing it was made from has "
        "requiresGrad");
}

}  // namespace tape::test
