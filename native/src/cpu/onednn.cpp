#include "onednn.h"

#if defined(TAPE_HAVE_ONEDNN)
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <unordered_map>
#include <vector>

#include "onednn_conv.h"
#include "onednn_support.h"
#include "parallel.h"
#include "plan_cache.h"
#include "signals.h"

namespace tape::cpu {
namespace {

using dnnl::memory;

/// What a matmul plan depends on.
struct PlanKey {
  int64_t rows, depth, cols, a_row, a_col, b_row, b_col, c_row;
  int32_t bias, relu, threads, dtype, result, adds;
};

/// A primitive with its memories; only their addresses change from call to call.
struct Plan {
  dnnl::matmul primitive;
  memory a, b, c, bias;
  std::unordered_map<int, memory> arguments;
};

struct Library {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  PlanCache<PlanKey, Plan> plans{2048};
};

Library& library() {
  thread_local Library instance;
  return instance;
}

LinearKernels plain;

bool favours_wide = false;
bool takes_bfloat16 = false;

/// oneDNN refuses empty matrices, and costs more than it brings on tiny ones.
bool worth_it(const Matrix& c, const Matrix& a) {
  return c.rows > 0 && c.cols > 0 && a.cols > 0 && c.rows * c.cols * a.cols >= 4096;
}

Plan make_plan(const PlanKey& key) {
  Library& self = library();
  const auto type = data_type_of(static_cast<DType>(key.dtype));
  const memory::desc a({key.rows, key.depth}, type, memory::dims{key.a_row, key.a_col});
  const memory::desc b({key.depth, key.cols}, type, memory::dims{key.b_row, key.b_col});
  const auto result = data_type_of(static_cast<DType>(key.result));
  const memory::desc c({key.rows, key.cols}, result, memory::dims{key.c_row, 1});
  const memory::desc bias({1, key.cols}, result, memory::dims{key.cols, 1});
  const dnnl::primitive_attr attributes = finished_with(key.relu, key.adds);
#if DNNL_VERSION_MAJOR >= 3
  const auto description = key.bias ? dnnl::matmul::primitive_desc(self.engine, a, b, bias, c, attributes)
                                    : dnnl::matmul::primitive_desc(self.engine, a, b, c, attributes);
#else
  const auto operation = key.bias ? dnnl::matmul::desc(a, b, bias, c) : dnnl::matmul::desc(a, b, c);
  const auto description = dnnl::matmul::primitive_desc(operation, attributes, self.engine);
#endif
  Plan plan;
  plan.primitive = dnnl::matmul(description);
  plan.a = memory(a, self.engine, DNNL_MEMORY_NONE);
  plan.b = memory(b, self.engine, DNNL_MEMORY_NONE);
  plan.c = memory(c, self.engine, DNNL_MEMORY_NONE);
  plan.arguments = {{DNNL_ARG_SRC, plan.a}, {DNNL_ARG_WEIGHTS, plan.b}, {DNNL_ARG_DST, plan.c}};
  if (key.bias) {
    plan.bias = memory(bias, self.engine, DNNL_MEMORY_NONE);
    plan.arguments[DNNL_ARG_BIAS] = plan.bias;
  }
  return plan;
}

/// What a primitive made and run here may use: one inside a parallel region.
int threads() {
#if defined(_OPENMP)
  if (omp_in_parallel()) return 1;
#endif
  return thread_count();
}

/// c and bias are of the dtype `result`.
void multiply(DType dtype, DType result, const Matrix& c, const Matrix& a, const Matrix& b, const void* bias,
              bool relu, bool adds = false) {
  Library& self = library();
  const PlanKey key{c.rows,
                    a.cols,
                    c.cols,
                    a.row_stride,
                    a.col_stride,
                    b.row_stride,
                    b.col_stride,
                    c.row_stride,
                    bias ? 1 : 0,
                    relu ? 1 : 0,
                    threads(),
                    static_cast<int32_t>(dtype),
                    static_cast<int32_t>(result),
                    adds ? 1 : 0};
  Plan& plan = self.plans.find(key, make_plan);
  plan.a.set_data_handle(a.data);
  plan.b.set_data_handle(b.data);
  plan.c.set_data_handle(c.data);
  if (bias) plan.bias.set_data_handle(const_cast<void*>(bias));
  SignalGuard guard;
  plan.primitive.execute(self.stream, plan.arguments);
}

/// On AVX2, products of two deep operands that lie across the depth (gradients of weights) run up to half as
/// fast again when the result is wide instead of tall: then it is made transposed, and put in place after.
bool wanted_wide(const Matrix& c, const Matrix& a, const Matrix& b) {
  return favours_wide && a.row_stride == 1 && a.col_stride > 1 && b.col_stride == 1 && a.cols >= 768 &&
         c.cols >= 96 && c.rows >= 3 * c.cols;
}

Matrix transposed(const Matrix& x, void* data, int64_t row_stride, int64_t col_stride) {
  return {data, x.cols, x.rows, row_stride, col_stride};
}

void multiply_wide(const Matrix& c, const Matrix& a, const Matrix& b) {
  thread_local std::vector<float> room;
  room.resize(static_cast<size_t>(c.rows * c.cols));
  multiply(DType::float32, DType::float32, transposed(c, room.data(), c.rows, 1),
           transposed(b, b.data, b.col_stride, b.row_stride),
           transposed(a, a.data, a.col_stride, a.row_stride), nullptr, false);
  const float* const from = room.data();
  float* const to = static_cast<float*>(c.data);
  constexpr int64_t block = 16;  // both ways within a few cache lines
  parallel_for((c.rows + block - 1) / block, 8, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin * block; i < std::min(end * block, c.rows); i += block)
      for (int64_t j = 0; j < c.cols; j += block)
        for (int64_t row = i; row < std::min(i + block, c.rows); ++row)
          for (int64_t col = j; col < std::min(j + block, c.cols); ++col)
            to[row * c.row_stride + col] = from[col * c.rows + row];
  });
}

void gemm(DType dtype, Matrix c, Matrix a, Matrix b, const void* bias, bool relu) {
  if (multiplies_half(dtype, c, a)) return multiply(dtype, dtype, c, a, b, bias, relu);
  if (dtype != DType::float32 || !worth_it(c, a)) return plain.gemm(dtype, c, a, b, bias, relu);
  if (!bias && !relu && wanted_wide(c, a, b)) return multiply_wide(c, a, b);
  multiply(dtype, dtype, c, a, b, bias, relu);
}

/// Only where multiplies_half.
void gemm_half(DType dtype, Matrix c, Matrix a, Matrix b, const float* bias) {
  multiply(dtype, DType::float32, c, a, b, bias, false);
}

void gemm_add(DType dtype, Matrix c, Matrix a, Matrix b) {
  if (dtype != DType::float32 || !worth_it(c, a)) return plain.gemm_add(dtype, c, a, b);
  multiply(dtype, dtype, c, a, b, nullptr, false, true);
}

}  // namespace

bool multiplies_half(DType dtype, const Matrix& c, const Matrix& a) {
  return takes_bfloat16 && dtype == DType::bfloat16 && worth_it(c, a);
}

void use_onednn(Kernels& kernels, bool wide_vectors) {
  if (const char* forced = std::getenv("TAPE_GEMM"); forced && std::strcmp(forced, "plain") == 0) return;
  plain = kernels.linear;
  kernels.linear.gemm = gemm;
  kernels.linear.gemm_half = gemm_half;
  kernels.linear.gemm_add = gemm_add;
  favours_wide = !wide_vectors;
  takes_bfloat16 = wide_vectors && multiplies_bfloat16();
  use_onednn_conv(kernels, wide_vectors);
}

bool has_bfloat16_products() { return takes_bfloat16; }

std::string onednn_version() {
  const dnnl_version_t* version = dnnl_version();
  return std::to_string(version->major) + "." + std::to_string(version->minor) + "." +
         std::to_string(version->patch);
}

}  // namespace tape::cpu

#else

namespace tape::cpu {
void use_onednn(Kernels&, bool) {}
bool multiplies_half(DType, const Matrix&, const Matrix&) { return false; }
bool has_bfloat16_products() { return false; }
std::string onednn_version() { return ""; }
}  // namespace tape::cpu

#endif
