// Gradient checkpointing: a function whose ops save nothing. When backward first asks for something it
// would have saved, the function runs again and what its ops save that time is handed out instead.
#pragma once
#include <functional>
#include <vector>

#include "tape/autograd.h"
#include "tape/random.h"

namespace tape {

/// One checkpointed call. Alive as long as a node recorded in it.
struct Checkpoint {
  struct Place {
    Dims shape;
    DType dtype;
  };
  uint32_t refs = 0;
  std::function<void(const std::vector<Tensor>&)> again;  // runs the function on the inputs
  std::vector<SavedTensor> inputs;
  PhiloxState random;
  DType autocast;                       // see tape/precision.h
  std::vector<Place> places;            // what was saved in forward, in order
  std::vector<SavedTensor> recomputed;  // the same in the second run; undefined once handed out
  size_t next = 0;                      // how far the second run is

  void destroy() { delete this; }
};

/// A saved tensor that lies in a checkpoint.
struct PackedTensor {
  Ref<Checkpoint> checkpoint;
  uint32_t place;
  Edge history;  // of a saved input, for createGraph
};

/// From here to end_checkpoint() the thread's ops save into a new checkpoint. Error inside another one.
void begin_checkpoint(const std::vector<Tensor>& inputs,
                      std::function<void(const std::vector<Tensor>&)> again);
/// Error when an input was changed in place meanwhile: the second run would see the changed one.
void end_checkpoint();
/// After an exception in the function.
void abandon_checkpoint();
/// The thread is between the two, or in a second run: a checkpoint inside is part of the outer one.
bool in_checkpoint();

}  // namespace tape
