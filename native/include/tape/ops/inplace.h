// Ops that write into a tensor.
#pragma once
#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

void binary_(BinaryOp op, const Tensor& self, const Tensor& other);  // add sub mul div
void binary_(BinaryOp op, const Tensor& self, double other);
void copy_(const Tensor& self, const Tensor& source);
void fill_(const Tensor& self, double value);
void uniform_(const Tensor& self, double low, double high);
void normal_(const Tensor& self, double mean, double std);

}  // namespace tape
