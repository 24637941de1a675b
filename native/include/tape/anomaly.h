// Anomaly detection: the first op, or derivative of an op, that makes a NaN or an infinity out of finite
// numbers is an Error(anomaly) with shapes and statistics.
#pragma once
#include <functional>
#include <initializer_list>
#include <span>
#include <string>

#include "tape/autograd.h"

namespace tape {

bool anomaly_enabled();
/// Returns what it was.
bool set_anomaly_enabled(bool enabled);
/// Called for each op that is recorded while detection is on; what it returns (a stack trace) is shown when
/// that op's derivative is the culprit. Empty: no traces.
void set_trace_source(std::function<std::string()> source);

/// `min -1 max 3 mean 0.5, 2 NaN, 0 inf`, of the finite elements.
std::string statistics_of(const Tensor& tensor);

// Called by the tape when detection is on.
void check_forward(const char* name, const Tensor& output, std::span<const Tensor* const> inputs);
void check_inplace_result(const char* name, const Tensor& tensor);
void check_backward(Node& node, std::span<const Tensor> incoming, std::span<const Tensor> result);
void check_seed(const char* where, const Tensor& gradient);
void keep_trace(Node& node);

}  // namespace tape
