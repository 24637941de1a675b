// Declarations of one instruction set's kernels; see tape/backend.h for what each must do.
#pragma once
#include "tape/backend.h"

namespace tape::cpu::TAPE_ISA {

void unary(UnaryOp op, View out, View in, double parameter);
void binary(BinaryOp op, View out, View a, View b);
void compare(CompareOp op, View out, View a, View b);
void grad(GradOp op, View out, View gradient, View saved);
void where(View out, View condition, View a, View b);
void copy(View out, View in);
void fill(View out, double value);
void reduce(ReduceOp op, View out, View in, int kept, double scale);
void softmax(void* out, const void* in, DType dtype, int64_t rows, int64_t cols, bool log);
void softmax_grad(void* out, const void* grad, const void* output, DType dtype, int64_t rows, int64_t cols,
                  bool log);
int64_t cross_entropy(void* loss, void* log_sum_exp, const void* logits, const int64_t* target, DType dtype,
                      int64_t rows, int64_t cols);
void cross_entropy_grad(void* out, const void* grad, int64_t grad_stride, double scale, const void* logits,
                        const void* log_sum_exp, const int64_t* target, DType dtype, int64_t rows,
                        int64_t cols);
void gemm(DType dtype, Matrix c, Matrix a, Matrix b, const void* bias, bool relu);
int64_t gather_rows(void* out, const void* table, const int64_t* index, int64_t count, int64_t table_rows,
                    int64_t row_bytes);
void scatter_add_rows(void* table, const void* rows, const int64_t* index, DType dtype, int64_t count,
                      int64_t row_size);
void uniform(void* out, DType dtype, int64_t count, PhiloxState state, double low, double high);
void normal(void* out, DType dtype, int64_t count, PhiloxState state, double mean, double std);
void dropout(void* out, const void* in, DType dtype, int64_t count, PhiloxState state, double p);
void sgd(DType dtype, const OptimizerSegment* segments, int64_t count, SgdParameters parameters);
void adam(DType dtype, const OptimizerSegment* segments, int64_t count, AdamParameters parameters);
double sum_of_squares(const void* data, DType dtype, int64_t count);

/// The table of these kernels.
const Kernels& table();

}  // namespace tape::cpu::TAPE_ISA
