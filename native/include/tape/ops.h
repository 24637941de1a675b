// Every op by its one name, one header for each family. Shapes follow PyTorch's rules; dtypes are never
// converted silently.
#pragma once
#include "tape/ops/activation.h"
#include "tape/ops/attention.h"
#include "tape/ops/creation.h"
#include "tape/ops/dropout.h"
#include "tape/ops/elementwise.h"
#include "tape/ops/embedding.h"
#include "tape/ops/indexing.h"
#include "tape/ops/inplace.h"
#include "tape/ops/linear.h"
#include "tape/ops/loss.h"
#include "tape/ops/math.h"
#include "tape/ops/masked.h"
#include "tape/ops/norm.h"
#include "tape/ops/reduce.h"
#include "tape/ops/softmax.h"
#include "tape/ops/views.h"
