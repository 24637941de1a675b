// Storage, views, empty tensors, casts, random streams, files.
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>

#include "helpers.h"
#include "tape/random.h"

namespace tape::test {

TEST_CASE("memory: blocks are reused, sizes are rounded to classes, counters add up") {
  empty_cache();
  const int64_t active = memory_stats().active, storages = memory_stats().live_storages;
  const void* first;
  {
    const Tensor a = empty({87, 100});
    first = a.data();
    CHECK(reinterpret_cast<uintptr_t>(first) % 64 == 0);
    CHECK(memory_stats().active >= active + 87 * 400);
    CHECK(memory_stats().live_storages == storages + 1);
  }
  CHECK(memory_stats().active == active);
  CHECK(memory_stats().cached >= 87 * 400);
  // Lengths 87 and 93 share a buffer.
  CHECK(empty({93, 100}).data() == first);
  reset_peak_memory();
  { const Tensor big = empty({1000}); }
  CHECK(memory_stats().peak >= active + 4000);
  empty_cache();
  CHECK(memory_stats().cached == 0);
}

TEST_CASE("memory: a share of a storage has its own version and keeps the whole alive") {
  Ref<Storage> part;
  {
    const Tensor whole = full({4}, 5, DType::float32);
    part = Storage::share(whole.impl()->storage, 8, 8);
    whole.bump_version();
  }
  CHECK(part->version == 0);
  CHECK(static_cast<float*>(part->data)[1] == 5);
}

TEST_CASE("views: strides, not copies") {
  const Tensor x = arange(0, 24, 1, DType::float32);
  const Tensor y = transpose(reshape(x, {2, 3, 4}), 0, 2);
  CHECK(y.data() == x.data());
  CHECK_FALSE(y.is_contiguous());
  CHECK(values_of(select(select(y, 0, 1), 0, 2)) == std::vector<double>{9, 21});
  // Splitting a dimension of a transposed tensor needs no copy, merging across it does.
  const Tensor t = transpose(reshape(x, {4, 6}), 0, 1);
  CHECK(reshape(t, {2, 3, 4}).data() == x.data());
  CHECK(reshape(t, {24}).data() != x.data());
  CHECK(values_of(reshape(t, {24}))[1] == 6);
}

TEST_CASE("empty and 0-d tensors go through everything") {
  const Tensor none = full({0, 3}, 0, DType::float32), one = full({}, 2, DType::float32);
  CHECK(add(none, none).numel() == 0);
  CHECK(to_string(add(none, one).shape()) == "0x3");
  CHECK(values_of(sum(none)) == std::vector<double>{0});
  CHECK(values_of(sum(none, {0})) == std::vector<double>{0, 0, 0});
  CHECK(std::isnan(values_of(mean(none))[0]));
  CHECK(to_string(matmul(none, full({3, 2}, 1, DType::float32)).shape()) == "0x2");
  CHECK(values_of(matmul(full({2, 0}, 1, DType::float32), full({0, 2}, 1, DType::float32))) ==
        std::vector<double>{0, 0, 0, 0});
  CHECK(to_string(linear(none, full({5, 3}, 1, DType::float32), full({5}, 1, DType::float32)).shape()) ==
        "0x5");
  CHECK(values_of(linear(full({1, 0}, 1, DType::float32), full({2, 0}, 1, DType::float32),
                         full({2}, 7, DType::float32))) == std::vector<double>{7, 7});
  CHECK(softmax(none, 1).numel() == 0);
  CHECK(softmax(full({3, 0}, 0, DType::float32), 1).numel() == 0);
  CHECK(values_of(softmax(one, 0)) == std::vector<double>{1});
  CHECK(std::isnan(values_of(cross_entropy(none, full({0}, 0, DType::int64), Reduction::mean))[0]));
  CHECK(values_of(cross_entropy(none, full({0}, 0, DType::int64), Reduction::sum))[0] == 0);
  CHECK(index_select(none, 0, full({0}, 0, DType::int64)).numel() == 0);
  CHECK(values_of(amax(one)) == std::vector<double>{2});
  CHECK(randperm(0).numel() == 0);
  CHECK(reshape(none, {3, 0}).numel() == 0);
  const Tensor leaf = full({0, 3}, 0, DType::float32);
  leaf.set_requires_grad(true);
  backward({sum(square(leaf))}, {}, false, false);
  CHECK(to_string(leaf.grad().shape()) == "0x3");
}

TEST_CASE("NaN and infinity stay what they are") {
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  for (DType dtype : {DType::float32, DType::float64}) {
    CAPTURE(name_of(dtype));
    const Tensor x = make({4}, {nan, inf, -inf, 1}, dtype);
    for (auto op : {static_cast<Tensor (*)(const Tensor&)>(exp), static_cast<Tensor (*)(const Tensor&)>(tanh),
                    relu, sigmoid, square, static_cast<Tensor (*)(const Tensor&)>(log)})
      CHECK(std::isnan(values_of(op(x))[0]));
    CHECK(values_of(exp(x))[1] == inf);
    CHECK(values_of(exp(x))[2] == 0);
    CHECK(values_of(tanh(x))[2] == -1);
    CHECK(values_of(sigmoid(x))[1] == 1);
    CHECK(values_of(sigmoid(x))[2] == 0);
    CHECK(std::isnan(values_of(amax(x))[0]));
    CHECK(values_of(argmax(x))[0] == 0);
    CHECK(std::isnan(values_of(maximum(x, full({4}, 9, dtype)))[0]));
    CHECK(std::isnan(values_of(softmax(x, 0))[3]));
    CHECK(std::isnan(values_of(sum(x))[0]));
  }
}

TEST_CASE("float32 exp and tanh are within 3 ulp over their whole range") {
  const int64_t count = 200000;
  Tensor x = empty({count});
  for (int64_t i = 0; i < count; ++i)
    x.data_as<float>()[i] = static_cast<float>(-87.0 + 175.0 * static_cast<double>(i) / count);
  const Tensor e = exp(x), t = tanh(mul(x, 0.1));
  double worst_exp = 0, worst_tanh = 0;
  for (int64_t i = 0; i < count; ++i) {
    const double exact = std::exp(static_cast<double>(x.data_as<float>()[i]));
    worst_exp = std::max(worst_exp, std::fabs(e.data_as<float>()[i] / exact - 1));
    const double at = static_cast<double>(x.data_as<float>()[i] * 0.1f), flat = std::tanh(at);
    if (flat != 0) worst_tanh = std::max(worst_tanh, std::fabs(t.data_as<float>()[i] / flat - 1));
  }
  CHECK(worst_exp < 3 * 1.2e-7);
  CHECK(worst_tanh < 3 * 1.2e-7);
}

TEST_CASE("casts") {
  const Tensor x = make({4}, {-1.7, 0, 1.2, 300}, DType::float32);
  CHECK(values_of(to(x, DType::int64)) == std::vector<double>{-1, 0, 1, 300});
  CHECK(values_of(to(x, DType::boolean)) == std::vector<double>{1, 0, 1, 1});
  CHECK(values_of(to(make({2}, {0, 255}, DType::uint8), DType::float32)) == std::vector<double>{0, 255});
  CHECK(sum(make({3}, {1, 0, 1}, DType::boolean)).dtype() == DType::int64);
  CHECK(values_of(sum(full({1000}, 255, DType::uint8)))[0] == 255000);
}

TEST_CASE("sums of a million float32 are accurate") {
  const Tensor x = full({1000, 1000}, 0.1, DType::float32);
  CHECK(values_of(sum(x))[0] == doctest::Approx(100000.0015).epsilon(2e-6));
  CHECK(values_of(sum(x, {0}))[7] == doctest::Approx(100.0000015).epsilon(1e-6));
}

TEST_CASE("random: the same seed gives the same numbers, and a state can be restored") {
  manual_seed(42);
  const auto first = values_of(randn({1000}, DType::float32));
  const PhiloxState state = rng_state();
  const auto second = values_of(rand({1000}, DType::float32));
  set_rng_state(state);
  CHECK(values_of(rand({1000}, DType::float32)) == second);
  manual_seed(42);
  CHECK(values_of(randn({1000}, DType::float32)) == first);
  manual_seed(43);
  CHECK(values_of(randn({1000}, DType::float32)) != first);
}

TEST_CASE("random: Philox4x32-10 gives the published numbers") {
  // Known answers of Salmon et al.: counter and key all zero.
  const Philox zero = philox(0, 0);
  CHECK(zero.v[0] == 0x6627e8d5u);
  CHECK(zero.v[1] == 0xe169c58du);
  CHECK(zero.v[2] == 0xbc57ac4cu);
  CHECK(zero.v[3] == 0x9b00dbd8u);
}

TEST_CASE("random: moments of uniform and normal, and randperm is a permutation") {
  manual_seed(1);
  const auto mean_and_variance = [](const Tensor& x) {
    const double m = values_of(mean(x))[0];
    return std::pair{m, values_of(mean(square(sub(x, m))))[0]};
  };
  const auto [um, uv] = mean_and_variance(rand({200000}, DType::float64));
  CHECK(um == doctest::Approx(0.5).epsilon(0.005));
  CHECK(uv == doctest::Approx(1.0 / 12).epsilon(0.01));
  const auto [nm, nv] = mean_and_variance(randn({200000}, DType::float64));
  CHECK(std::fabs(nm) < 0.01);
  CHECK(nv == doctest::Approx(1).epsilon(0.01));
  auto order = values_of(randperm(1000));
  CHECK_FALSE(std::is_sorted(order.begin(), order.end()));
  std::sort(order.begin(), order.end());
  for (size_t i = 0; i < order.size(); ++i) REQUIRE(order[i] == static_cast<double>(i));
}

TEST_CASE("dropout keeps the expected share, scales it, and backward drops the same elements") {
  manual_seed(5);
  Tensor x = full({100000}, 2, DType::float32);
  x.set_requires_grad(true);
  const Tensor y = dropout(x, 0.25, true);
  const auto values = values_of(y);
  const auto kept = std::count_if(values.begin(), values.end(), [](double v) { return v != 0; });
  CHECK(kept == doctest::Approx(75000).epsilon(0.01));
  CHECK(*std::max_element(values.begin(), values.end()) == doctest::Approx(2 / 0.75));
  const int64_t tensors = memory_stats().live_tensors;
  backward({sum(y)}, {}, false, false);
  const auto gradient = values_of(x.grad());
  for (size_t i = 0; i < values.size(); ++i) REQUIRE((gradient[i] != 0) == (values[i] != 0));
  CHECK(memory_stats().live_tensors == tensors + 1);
  CHECK(values_of(sum(dropout(x, 1, true)))[0] == 0);
}

TEST_CASE("from_file reads raw elements and says when there are too few") {
  const auto path =
      std::filesystem::temp_directory_path() / ("tape_test_" + std::to_string(std::rand()) + ".bin");
  {
    const float values[] = {1, 2, 3, 4};
    std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(values), sizeof values);
  }
  const auto text = path.u8string();
  const std::string name(text.begin(), text.end());
  CHECK(values_of(from_file(name, {3}, DType::float32, 4)) == std::vector<double>{2, 3, 4});
  CHECK(message_of([&] {
          from_file(name, {2, 3}, DType::float32, 0);
        }) == "[fromFile] " + name +
                  " has 16 bytes, but 2x3 of float32 from byte 0 needs 24, check the shape or the file");
  std::filesystem::remove(path);
}

TEST_CASE("matmul: all shapes around block borders, all layouts, both dtypes") {
  for (DType dtype : {DType::float32, DType::float64})
    for (int64_t rows : {1, 3, 6, 33})
      for (int64_t depth : {1, 7, 300})
        for (int64_t cols : {1, 16, 17, 70})
          for (int layout = 0; layout < 4; ++layout) {
            CAPTURE(rows);
            CAPTURE(depth);
            CAPTURE(cols);
            CAPTURE(layout);
            const auto fill = [&](Dims shape, bool turned, double seed) {
              Tensor x = turned ? empty({shape[1], shape[0]}, dtype) : empty(shape, dtype);
              for (int64_t i = 0; i < x.numel(); ++i) {
                const double v = std::fmod(static_cast<double>(i) * seed, 1.0) - 0.5;
                if (dtype == DType::float32)
                  x.data_as<float>()[i] = static_cast<float>(v);
                else
                  x.data_as<double>()[i] = v;
              }
              return turned ? transpose(x, 0, 1) : x;
            };
            const Tensor a = fill({rows, depth}, layout & 1, 0.618),
                         b = fill({depth, cols}, layout & 2, 0.414);
            const auto va = values_of(a), vb = values_of(b), got = values_of(matmul(a, b));
            double worst = 0;
            for (int64_t i = 0; i < rows; ++i)
              for (int64_t j = 0; j < cols; ++j) {
                double total = 0;
                for (int64_t k = 0; k < depth; ++k)
                  total += va[static_cast<size_t>(i * depth + k)] * vb[static_cast<size_t>(k * cols + j)];
                worst = std::max(worst, std::fabs(total - got[static_cast<size_t>(i * cols + j)]));
              }
            REQUIRE(worst < (dtype == DType::float32 ? 2e-5 : 1e-12));
          }
}

TEST_CASE("layout: elementwise results keep a dense operand's order of dimensions") {
  std::vector<double> values(2 * 3 * 4 * 5);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i) - 50;
  const Tensor plain = make({2, 4, 5, 3}, values, DType::float32);
  const Tensor image = permute(plain, {0, 3, 1, 2});  // channels last
  const Tensor bias = make({3, 1, 1}, {1, 2, 3}, DType::float32);
  REQUIRE(is_dense(image));
  for (const Tensor& out : {relu(image), add(image, bias), add(bias, image), mul(image, 2),
                            to(image, DType::float64), compare(CompareOp::gt, image, 0)})
    CHECK(to_string(out.strides()) == to_string(image.strides()));
  CHECK(values_of(add(image, bias)) == values_of(add(contiguous(image), bias)));
  CHECK(values_of(relu(image)) == values_of(relu(contiguous(image))));
  // A view with gaps is not dense: its result is contiguous.
  const Tensor gaps = narrow(image, 1, 0, 2);
  CHECK_FALSE(is_dense(gaps));
  CHECK(relu(gaps).is_contiguous());
}

}  // namespace tape::test
