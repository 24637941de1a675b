// Ops that write into a tensor.
#pragma once
#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

void binary_(BinaryOp op, const Tensor& self, const Tensor& other);  // add sub mul div
void binary_(BinaryOp op, const Tensor& self, double other);
void copy_(const Tensor& self, const Tensor& source);
void fill_(const Tensor& self, double value);
void clamp_(const Tensor& self, double low, double high);
void relu_(const Tensor& self);
void lerp_(const Tensor& self, const Tensor& end, double weight);
void addcmul_(const Tensor& self, const Tensor& a, const Tensor& b, double value);
void addcdiv_(const Tensor& self, const Tensor& a, const Tensor& b, double value);
void masked_fill_(const Tensor& self, const Tensor& mask, double value);
void index_add_(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& source);
void scatter_add_(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& source);
void uniform_(const Tensor& self, double low, double high);
void normal_(const Tensor& self, double mean, double std);

}  // namespace tape
