// Matrix products by cuBLASLt: bias and relu in the product's epilogue, the heuristic's choice kept by shape.
#include <cublasLt.h>

#include <initializer_list>
#include <string>
#include <utility>

#include "../cpu/plan_cache.h"
#include "context.h"
#include "library_kernels.h"
#include "options.h"
#include "product_ends.h"

namespace tape::cuda {
namespace {

constexpr size_t kWorkspace = size_t{32} << 20;

/// A product as the library sees it. Column-major: c^T = b^T a^T, so a row-major c is made without a copy.
struct Key {
  int64_t rows, cols, depth;  // of c^T: rows are c's columns
  int64_t left_stride, right_stride, out_stride;
  int64_t batch, left_batch, right_batch, out_batch;
  int32_t left_transposed, right_transposed;
  int32_t type, out_type;  // DType
  int32_t epilogue, adds;  // 1: bias, 2: relu, 3: both
  int32_t tf32, deterministic;
  int64_t alignment;  // of all operands, in bytes
};

bool done(cublasStatus_t status, const char* what) {
  if (status == CUBLAS_STATUS_SUCCESS) return true;
  note_error(std::string(what) + ": " + cublasLtGetStatusString(status));
  return false;
}

cudaDataType_t data_type(int32_t dtype) {
  switch (static_cast<DType>(dtype)) {
    case DType::float64:
      return CUDA_R_64F;
    case DType::bfloat16:
      return CUDA_R_16BF;
    case DType::float16:
      return CUDA_R_16F;
    default:
      return CUDA_R_32F;
  }
}

struct Plan {
  cublasLtMatmulDesc_t product = nullptr;
  cublasLtMatrixLayout_t left = nullptr, right = nullptr, out = nullptr;
  cublasLtMatmulAlgo_t algorithm{};
  bool found = false;

  Plan() = default;
  Plan(Plan&& other) noexcept { *this = std::move(other); }
  Plan& operator=(Plan&& other) noexcept {
    std::swap(product, other.product);
    std::swap(left, other.left);
    std::swap(right, other.right);
    std::swap(out, other.out);
    algorithm = other.algorithm;
    found = other.found;
    return *this;
  }
  ~Plan() {
    if (product) cublasLtMatmulDescDestroy(product);
    for (cublasLtMatrixLayout_t layout : {left, right, out})
      if (layout) cublasLtMatrixLayoutDestroy(layout);
  }
};

struct Library {
  cublasLtHandle_t handle = nullptr;
  void* workspace = nullptr;
  cpu::PlanCache<Key, Plan> plans{512};

  Library() {
    done(cublasLtCreate(&handle), "cuBLASLt");
    succeeded(cudaMalloc(&workspace, kWorkspace), "cuBLASLt workspace");
  }
  ~Library() {
    if (workspace) cudaFree(workspace);
    if (handle) cublasLtDestroy(handle);
  }
};
Library& library() {
  thread_local Library own;
  return own;
}

bool make_layout(cublasLtMatrixLayout_t& layout, int32_t type, int64_t rows, int64_t cols, int64_t stride,
                 int64_t batch, int64_t batch_stride) {
  if (!done(cublasLtMatrixLayoutCreate(&layout, data_type(type), static_cast<uint64_t>(rows),
                                       static_cast<uint64_t>(cols), stride),
            "layout"))
    return false;
  if (batch == 1) return true;
  const auto count = static_cast<int32_t>(batch);
  return done(cublasLtMatrixLayoutSetAttribute(layout, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, &count,
                                               sizeof count),
              "batch") &&
         done(cublasLtMatrixLayoutSetAttribute(layout, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET,
                                               &batch_stride, sizeof batch_stride),
              "batch");
}

/// A matrix in memory as the library takes it: `transposed` when its rows, not its columns, are side by side.
bool describe(Plan& plan, const Key& k) {
  const bool wide = static_cast<DType>(k.type) == DType::float64;
  const cublasComputeType_t compute = wide     ? CUBLAS_COMPUTE_64F
                                      : k.tf32 ? CUBLAS_COMPUTE_32F_FAST_TF32
                                               : CUBLAS_COMPUTE_32F;
  if (!done(cublasLtMatmulDescCreate(&plan.product, compute, wide ? CUDA_R_64F : CUDA_R_32F), "product"))
    return false;
  const cublasOperation_t left = k.left_transposed ? CUBLAS_OP_T : CUBLAS_OP_N;
  const cublasOperation_t right = k.right_transposed ? CUBLAS_OP_T : CUBLAS_OP_N;
  const cublasLtEpilogue_t epilogues[] = {CUBLASLT_EPILOGUE_DEFAULT, CUBLASLT_EPILOGUE_BIAS,
                                          CUBLASLT_EPILOGUE_RELU, CUBLASLT_EPILOGUE_RELU_BIAS};
  const cublasLtEpilogue_t epilogue = epilogues[k.epilogue];
  const auto set = [&](cublasLtMatmulDescAttributes_t name, const auto& value) {
    return done(cublasLtMatmulDescSetAttribute(plan.product, name, &value, sizeof value), "product");
  };
  if (!set(CUBLASLT_MATMUL_DESC_TRANSA, left) || !set(CUBLASLT_MATMUL_DESC_TRANSB, right) ||
      !set(CUBLASLT_MATMUL_DESC_EPILOGUE, epilogue))
    return false;
  if (k.epilogue & 1) {
    const cudaDataType_t bias_type = data_type(k.out_type);
    if (!set(CUBLASLT_MATMUL_DESC_BIAS_DATA_TYPE, bias_type)) return false;
  }
  return make_layout(plan.left, k.type, k.left_transposed ? k.depth : k.rows,
                     k.left_transposed ? k.rows : k.depth, k.left_stride, k.batch, k.left_batch) &&
         make_layout(plan.right, k.type, k.right_transposed ? k.cols : k.depth,
                     k.right_transposed ? k.depth : k.cols, k.right_stride, k.batch, k.right_batch) &&
         make_layout(plan.out, k.out_type, k.rows, k.cols, k.out_stride, k.batch, k.out_batch);
}

Plan make_plan(const Key& key, cublasLtHandle_t handle) {
  Plan plan;
  cublasLtMatmulPreference_t preference = nullptr;
  if (!describe(plan, key) || !done(cublasLtMatmulPreferenceCreate(&preference), "preference")) return plan;
  done(cublasLtMatmulPreferenceSetAttribute(preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, &kWorkspace,
                                            sizeof kWorkspace),
       "preference");
  const auto alignment = static_cast<uint32_t>(key.alignment);
  for (cublasLtMatmulPreferenceAttributes_t name :
       {CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES,
        CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES})
    done(cublasLtMatmulPreferenceSetAttribute(preference, name, &alignment, sizeof alignment), "preference");
  if (key.deterministic) {  // sums of parts that end in whatever order are left out
    const uint32_t schemes = CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE | CUBLASLT_REDUCTION_SCHEME_OUTPUT_TYPE;
    done(cublasLtMatmulPreferenceSetAttribute(preference, CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK,
                                              &schemes, sizeof schemes),
         "preference");
  }
  cublasLtMatmulHeuristicResult_t best{};
  int results = 0;
  if (done(cublasLtMatmulAlgoGetHeuristic(handle, plan.product, plan.left, plan.right, plan.out, plan.out,
                                          preference, 1, &best, &results),
           "choosing a product")) {
    plan.found = results > 0;
    plan.algorithm = best.algo;
  }
  cublasLtMatmulPreferenceDestroy(preference);
  return plan;
}

/// The greatest power of two, up to 256, that divides all addresses.
int64_t alignment_of(std::initializer_list<const void*> addresses) {
  uintptr_t all = 256;
  for (const void* address : addresses) all |= reinterpret_cast<uintptr_t>(address);
  return static_cast<int64_t>(all & (~all + 1));
}

void run(Key key, void* out, const void* left, const void* right, const void* bias) {
  if (!may_launch() || key.rows == 0 || key.cols == 0 || key.batch == 0) return;
  Library& lt = library();
  key.alignment = alignment_of({out, left, right});
  Plan& plan = lt.plans.find(key, [&](const Key& k) { return make_plan(k, lt.handle); });
  if (!plan.found) return note_error("cuBLASLt knows no product for this shape");
  if (key.epilogue & 1)
    done(cublasLtMatmulDescSetAttribute(plan.product, CUBLASLT_MATMUL_DESC_BIAS_POINTER, &bias, sizeof bias),
         "bias");
  const double one = 1, add = key.adds;
  const float one32 = 1, add32 = static_cast<float>(key.adds);
  const bool wide = static_cast<DType>(key.type) == DType::float64;
  done(cublasLtMatmul(lt.handle, plan.product, wide ? static_cast<const void*>(&one) : &one32, left,
                      plan.left, right, plan.right, wide ? static_cast<const void*>(&add) : &add32, out,
                      plan.out, out, plan.out, &plan.algorithm, lt.workspace, kWorkspace, stream()),
       "product");
}

/// Whether a row-major matrix's transpose (what the library's column-major view of it is) must be transposed.
bool columns_together(const Matrix& m) { return m.col_stride == 1 || m.cols == 1; }
int64_t stride_of(const Matrix& m) {
  // A stride of a direction of size 1 may be anything: at least what the library wants.
  const bool rows = columns_together(m);
  const int64_t least = rows ? m.cols : m.rows, stride = rows ? m.row_stride : m.col_stride;
  return stride < least ? least : stride;
}

Key key_of(DType dtype, DType out_dtype, const Matrix& c, const Matrix& a, const Matrix& b, bool bias,
           bool relu, bool adds) {
  Key key{};
  key.rows = c.cols;
  key.cols = c.rows;
  key.depth = a.cols;
  key.left_transposed = !columns_together(b);
  key.right_transposed = !columns_together(a);
  key.left_stride = stride_of(b);
  key.right_stride = stride_of(a);
  key.out_stride = stride_of(c);
  key.batch = 1;
  key.type = static_cast<int32_t>(dtype);
  key.out_type = static_cast<int32_t>(out_dtype);
  key.epilogue = (bias ? 1 : 0) + (relu ? 2 : 0);
  key.adds = adds;
  key.tf32 = dtype == DType::float32 && option(DeviceOption::tf32);
  key.deterministic = option(DeviceOption::deterministic);
  return key;
}

void gemm(DType dtype, Matrix c, Matrix a, Matrix b, const void* bias, bool relu) {
  // Epilogues are there up to 32 bits.
  const bool apart = dtype == DType::float64 && (bias || relu);
  if (a.cols > 0)
    run(key_of(dtype, dtype, c, a, b, bias && !apart, relu && !apart, false), c.data, b.data, a.data, bias);
  if (a.cols == 0 || apart) end_product(dtype, c, bias, relu, a.cols == 0);
}

void gemm_half(DType dtype, Matrix c, Matrix a, Matrix b, const float* bias) {
  if (a.cols == 0) return end_product(DType::float32, c, bias, false, true);
  run(key_of(dtype, DType::float32, c, a, b, bias != nullptr, false, false), c.data, b.data, a.data, bias);
}

void gemm_add(DType dtype, Matrix c, Matrix a, Matrix b) {
  if (a.cols == 0) return;
  run(key_of(dtype, dtype, c, a, b, false, false, true), c.data, b.data, a.data, nullptr);
}

/// The innermost dimension of the batch in one call, the others one by one.
void gemm_batched(DType dtype, Matrix c, Matrix a, Matrix b, const Batch& batch) {
  const int inner = batch.rank - 1;
  int64_t outer = 1;
  for (int d = 0; d < inner; ++d) outer *= batch.shape[d];
  Key key = key_of(dtype, dtype, c, a, b, false, false, false);
  key.batch = batch.shape[inner];
  key.left_batch = batch.b_strides[inner];
  key.right_batch = batch.a_strides[inner];
  key.out_batch = batch.c_strides[inner];
  const auto width = static_cast<int64_t>(size_of(dtype));
  for (int64_t i = 0; i < outer; ++i) {
    int64_t rest = i, at_a = 0, at_b = 0, at_c = 0;
    for (int d = inner - 1; d >= 0; --d) {
      const int64_t place = rest % batch.shape[d];
      rest /= batch.shape[d];
      at_a += place * batch.a_strides[d];
      at_b += place * batch.b_strides[d];
      at_c += place * batch.c_strides[d];
    }
    Matrix to = c, left = b, right = a;
    to.data = static_cast<char*>(c.data) + at_c * width;
    left.data = static_cast<char*>(b.data) + at_b * width;
    right.data = static_cast<char*>(a.data) + at_a * width;
    if (a.cols == 0)
      for (int64_t k = 0; k < key.batch; ++k) {
        Matrix one = to;
        one.data = static_cast<char*>(to.data) + k * key.out_batch * width;
        end_product(dtype, one, nullptr, false, true);
      }
    else
      run(key, to.data, left.data, right.data, nullptr);
  }
}

}  // namespace

std::string cublaslt_version() {
  const size_t version = cublasLtGetVersion();
  return "cuBLASLt " + std::to_string(version / 10000) + "." + std::to_string(version / 100 % 100) + "." +
         std::to_string(version % 100);
}

LinearKernels cublaslt_table() { return {gemm, gemm_half, gemm_add, gemm_batched}; }

}  // namespace tape::cuda
