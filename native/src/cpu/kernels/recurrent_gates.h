// One row of one step of each recurrent cell, forward and backward: what remains when the products are done.
// Activations replace the sums of products they are made from.
#pragma once
#include <cstdint>

#include "tape/kernels/recurrent.h"
#include "vector_math.h"

namespace tape::cpu::TAPE_ISA {

/// h' = tanh(a) or relu(a).
template <class T, bool relu>
inline void simple_forward(T* a, T* h, int64_t units) {
#pragma omp simd
  for (int64_t u = 0; u < units; ++u) {
    const T value = relu ? (a[u] < T(0) ? T(0) : a[u]) : fast_tanh(a[u]);
    a[u] = value;
    h[u] = value;
  }
}

template <class T, bool relu>
inline void simple_backward(const T* a, const T* dh, T* da, int64_t units) {
#pragma omp simd
  for (int64_t u = 0; u < units; ++u)
    da[u] = relu ? (a[u] > T(0) ? dh[u] : T(0)) : dh[u] * (T(1) - a[u] * a[u]);
}

/// c' = f c + i g, h' = o tanh(c') (Hochreiter and Schmidhuber 1997, with Gers's forget gate).
template <class T>
inline void lstm_forward(T* gates, const T* c, T* c_next, T* h, int64_t units) {
  T *i = gates, *f = gates + units, *g = gates + 2 * units, *o = gates + 3 * units;
#pragma omp simd
  for (int64_t u = 0; u < units; ++u) {
    const T in = fast_sigmoid(i[u]), keep = fast_sigmoid(f[u]), fresh = fast_tanh(g[u]),
            out = fast_sigmoid(o[u]);
    const T value = keep * c[u] + in * fresh;
    i[u] = in;
    f[u] = keep;
    g[u] = fresh;
    o[u] = out;
    c_next[u] = value;
    h[u] = out * fast_tanh(value);
  }
}

/// dc is the gradient of c' in and of c out.
template <class T>
inline void lstm_backward(const T* gates, const T* c, const T* dh, const T* dc_next, T* dc, T* d,
                          int64_t units) {
  const T *i = gates, *f = gates + units, *g = gates + 2 * units, *o = gates + 3 * units;
  T *di = d, *df = d + units, *dg = d + 2 * units, *d_o = d + 3 * units;
#pragma omp simd
  for (int64_t u = 0; u < units; ++u) {
    const T in = i[u], keep = f[u], fresh = g[u], out = o[u], before = c[u];
    const T t = fast_tanh(keep * before + in * fresh);
    const T through = dc_next[u] + dh[u] * out * (T(1) - t * t);
    di[u] = through * fresh * in * (T(1) - in);
    df[u] = through * before * keep * (T(1) - keep);
    dg[u] = through * in * (T(1) - fresh * fresh);
    d_o[u] = dh[u] * t * out * (T(1) - out);
    dc[u] = through * keep;
  }
}

/// n = tanh(x_n + r (U h + b)), h' = (1 - z) n + z h (Cho et al. 2014, as PyTorch and cuDNN place r).
/// `new_hidden` is U h + b.
template <class T>
inline void gru_forward(T* gates, const T* new_hidden, const T* h, T* h_next, int64_t units) {
  T *r = gates, *z = gates + units, *n = gates + 2 * units;
#pragma omp simd
  for (int64_t u = 0; u < units; ++u) {
    const T reset = fast_sigmoid(r[u]), update = fast_sigmoid(z[u]);
    const T fresh = fast_tanh(n[u] + reset * new_hidden[u]);
    r[u] = reset;
    z[u] = update;
    n[u] = fresh;
    h_next[u] = fresh + update * (h[u] - fresh);
  }
}

/// `d` of the input products, `e` of the hidden ones; dh_kept is what goes straight to h.
template <class T>
inline void gru_backward(const T* gates, const T* new_hidden, const T* h, const T* dh, T* dh_kept, T* d, T* e,
                         int64_t units) {
  const T *r = gates, *z = gates + units, *n = gates + 2 * units;
#pragma omp simd
  for (int64_t u = 0; u < units; ++u) {
    const T reset = r[u], update = z[u], fresh = n[u], gradient = dh[u];
    const T dn = gradient * (T(1) - update) * (T(1) - fresh * fresh);
    const T dr = dn * new_hidden[u] * reset * (T(1) - reset);
    const T dz = gradient * (h[u] - fresh) * update * (T(1) - update);
    d[u] = dr;
    d[units + u] = dz;
    d[2 * units + u] = dn;
    e[u] = dr;
    e[units + u] = dz;
    e[2 * units + u] = dn * reset;
    dh_kept[u] = gradient * update;
  }
}

/// One row of a time loop: gates hold sums of products in and activations out, state and cell go to the next
/// step. Of a GRU, what its reset gate scales stands behind the gates, without its bias.
template <class T>
inline void step_forward(CellKind kind, T* gates, const T* bias_new, T* state, T* cell, int64_t units) {
  switch (kind) {
    case CellKind::tanh:
      return simple_forward<T, false>(gates, state, units);
    case CellKind::relu:
      return simple_forward<T, true>(gates, state, units);
    case CellKind::lstm:
      return lstm_forward(gates, cell, cell, state, units);
    case CellKind::gru:
#pragma omp simd
      for (int64_t u = 0; u < units; ++u) gates[3 * units + u] += bias_new[u];
      return gru_forward(gates, gates + 3 * units, state, state, units);
  }
}

/// The way back: dh and dc are gradients of the next state and cell in. dc of the one before is put out, and
/// of a GRU what goes straight to the state before; the rest of that is a product with `hidden_grad`, which
/// only a GRU has apart from `gates_grad`.
template <class T>
inline void step_backward(CellKind kind, const T* gates, const T* previous, const T* previous_cell, T* dh,
                          T* dc, T* gates_grad, T* hidden_grad, int64_t units) {
  switch (kind) {
    case CellKind::tanh:
      return simple_backward<T, false>(gates, dh, gates_grad, units);
    case CellKind::relu:
      return simple_backward<T, true>(gates, dh, gates_grad, units);
    case CellKind::lstm:
      return lstm_backward(gates, previous_cell, dh, dc, dc, gates_grad, units);
    case CellKind::gru:
      return gru_backward(gates, gates + 3 * units, previous, dh, dh, gates_grad, hidden_grad, units);
  }
}

}  // namespace tape::cpu::TAPE_ISA
