// Packing of sequences, and the checks of recurrent weights.
#include "recurrent_support.h"

#include <algorithm>
#include <numeric>

namespace tape {

const char* name_of(CellKind kind) {
  return kind == CellKind::lstm ? "lstm" : kind == CellKind::gru ? "gru" : "rnn";
}

void check_weights(const char* where, const std::string& part, CellKind kind, const RecurrentWeights& weights,
                   const Tensor& like, int64_t input, int64_t hidden) {
  const int64_t rows = gate_count(kind) * hidden;
  const auto check = [&](const char* name, const Tensor& weight, const Dims& shape) {
    if (!weight.defined()) return;
    if (weight.dtype() != like.dtype())
      fail(ErrorCode::dtype, where, part, name, " is ", name_of(weight.dtype()), ", the input ",
           name_of(like.dtype()), ", convert one with to()");
    if (weight.shape() != shape)
      fail(ErrorCode::shape, where, part, name, " must be ", to_string(shape), ", got ",
           to_string(weight.shape()), " (input ", to_string(like.shape()), ", ", hidden, " hidden units)");
  };
  check("inputHidden", weights.input_hidden, {rows, input});
  check("hiddenHidden", weights.hidden_hidden, {rows, hidden});
  check("biasInput", weights.bias_input, {rows});
  check("biasHidden", weights.bias_hidden, {rows});
}

void multiply(const Kernels& kernels, DType dtype, Matrix c, Matrix a, Matrix b, const void* bias) {
  if (!is_half(dtype) && kernels.recurrent.few_rows(dtype, c, a, b, bias)) return;
  kernels.linear.gemm(dtype, c, a, b, bias, false);
}

Tensor product_of(Device device, DType dtype, Matrix a, Matrix b) {
  if (a.cols == 0) return full({a.rows, b.cols}, 0, dtype, device);
  Tensor out = empty({a.rows, b.cols}, dtype, device);
  if (out.numel() > 0) multiply(kernels(out), dtype, matrix(out, a.rows, b.cols), a, b, nullptr);
  return out;
}

Packing::Packing(int64_t batch, int64_t steps, const int64_t* lengths, Device device)
    : batch(batch), steps(steps), device(device) {
  const auto length = [&](int64_t sequence) { return lengths ? lengths[sequence] : steps; };
  order.resize(static_cast<size_t>(batch));
  place.resize(static_cast<size_t>(batch));
  std::iota(order.begin(), order.end(), 0);
  if (lengths)
    std::stable_sort(order.begin(), order.end(),
                     [&](int64_t a, int64_t b) { return lengths[a] > lengths[b]; });
  for (int64_t p = 0; p < batch; ++p) place[static_cast<size_t>(order[static_cast<size_t>(p)])] = p;

  sizes.resize(static_cast<size_t>(steps));
  starts.resize(static_cast<size_t>(steps));
  to_padded.assign(static_cast<size_t>(batch * steps), -1);
  int64_t reach = batch;
  for (int64_t t = 0; t < steps; ++t) {
    while (reach > 0 && length(order[static_cast<size_t>(reach - 1)]) <= t) --reach;
    sizes[static_cast<size_t>(t)] = reach;
    starts[static_cast<size_t>(t)] = rows;
    rows += reach;
  }
  to_packed.resize(static_cast<size_t>(rows));
  for (int64_t t = 0, row = 0; t < steps; ++t)
    for (int64_t p = 0; p < sizes[static_cast<size_t>(t)]; ++p, ++row) {
      const int64_t padded = order[static_cast<size_t>(p)] * steps + t;
      to_packed[static_cast<size_t>(row)] = padded;
      to_padded[static_cast<size_t>(padded)] = row;
    }
  if (device == Device::cpu) return;
  std::vector<int64_t> all;
  for (const auto* list : {&sizes, &starts, &order, &place, &to_packed, &to_padded})
    all.insert(all.end(), list->begin(), list->end());
  Tensor here = empty({static_cast<int64_t>(all.size())}, DType::int64);
  std::copy(all.begin(), all.end(), here.data_as<int64_t>());
  lists = to(here, device);
}

const int64_t* Packing::there(const std::vector<int64_t>& list) const {
  if (device == Device::cpu) return list.data();
  const int64_t* at = lists.address<int64_t>();
  for (const auto* other : {&sizes, &starts, &order, &place, &to_packed, &to_padded}) {
    if (other == &list) break;
    at += other->size();
  }
  return at;
}

Tensor Packing::gathered(const Dims& shape, const void* from, DType dtype,
                         const std::vector<int64_t>& index) const {
  Tensor out = empty(shape, dtype, device);
  if (out.numel() > 0)
    kernels(out).recurrent.gather_or_zero(out.data(), from, there(index), static_cast<int64_t>(index.size()),
                                          shape.back() * static_cast<int64_t>(size_of(dtype)));
  return out;
}

std::vector<int64_t> Packing::lengths() const {
  std::vector<int64_t> lengths(static_cast<size_t>(batch));
  for (int64_t padded : to_packed) ++lengths[static_cast<size_t>(padded / steps)];
  return lengths;
}
Tensor Packing::pack(const Tensor& padded) const {
  return gathered({rows, padded.size(-1)}, padded.data(), padded.dtype(), to_packed);
}
Tensor Packing::unpack(const Tensor& packed) const {
  return gathered({batch, steps, packed.size(-1)}, packed.data(), packed.dtype(), to_padded);
}
Tensor Packing::arrange(const void* from, DType dtype, int64_t width,
                        const std::vector<int64_t>& index) const {
  return gathered({batch, width}, from, dtype, index);
}
void Packing::arrange_into(void* to, const Tensor& from, const std::vector<int64_t>& index) const {
  kernels(from).recurrent.gather_or_zero(to, from.data(), there(index), batch,
                                         from.size(-1) * static_cast<int64_t>(size_of(from.dtype())));
}

}  // namespace tape
