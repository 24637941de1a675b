// A device's memory, cut into blocks that are kept for reuse: asking the driver waits for all work and costs
// more than most kernels.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <unordered_map>
#include <vector>

#include "tape/device_backend.h"

namespace tape {

struct CacheCounters {
  int64_t in_use = 0, peak = 0;  // bytes of blocks that are held, and the most since reset_peak
  int64_t reserved = 0;          // bytes got from the source: in use, cached, or waiting for a stream
  int64_t allocations = 0, source_allocations = 0, splits = 0, merges = 0;
  int64_t waiting = 0;  // blocks given back that another stream may still read
};

/// Blocks of up to a megabyte are cut from segments of two, greater ones from segments of twenty, and those
/// above ten have one of their own. A block that is cut leaves its rest free; free neighbours become one
/// again. Work on one stream is in order, so a block given back is free at once for that stream; one that
/// another stream has used waits for an event there.
class CachingAllocator {
 public:
  /// @param home the stream whose work on a block is in order: that of whoever allocates
  explicit CachingAllocator(const MemorySource& source, int home = 0) : source_(source), home_(home) {}
  /// Gives everything back, also what is still held.
  ~CachingAllocator();
  CachingAllocator(const CachingAllocator&) = delete;
  CachingAllocator& operator=(const CachingAllocator&) = delete;

  /// At least `bytes`, aligned to 512. When the source refuses, cached segments are given back and it is
  /// asked again; null when it refuses still, or when that would take reserved bytes above the limit.
  void* allocate(size_t bytes);
  void free(void* data);
  /// Whether it handed out the block at `data`.
  bool holds(void* data) const { return used_.count(data) > 0; }
  /// While it does, no segment is returned to the source: a graph may read what nobody holds.
  void keep_segments(bool keep) { keeps_ = keep; }
  /// Bytes of the block at `data`.
  size_t size_of_block(void* data) const;
  /// Stream `stream`, which is not the home, reads or writes the block too.
  void note_use(void* data, int stream);
  /// Returns every segment without a block in use to the source.
  void release_cached();
  /// 0: none.
  void set_limit(int64_t bytes) { limit_ = bytes; }
  int64_t limit() const { return limit_; }

  const CacheCounters& counters() const { return counters_; }
  int64_t cached() const { return counters_.reserved - counters_.in_use; }
  void reset_peak() { counters_.peak = counters_.in_use; }

  /// What a request is rounded up to: classes a quarter of a power of two apart, so that sizes a little apart
  /// use the same blocks.
  static size_t rounded(size_t bytes);

 private:
  struct Block {
    char* data;
    size_t bytes;
    Block *before, *after;  // neighbours in the segment
    bool small, used;
    uint32_t streams;  // others than the home that have used it, one bit each
  };
  struct Smaller {
    bool operator()(const Block* a, const Block* b) const {
      return a->bytes != b->bytes ? a->bytes < b->bytes : a->data < b->data;
    }
  };
  using FreeBlocks = std::set<Block*, Smaller>;
  struct Waiting {
    Block* block;
    std::vector<void*> events;
  };

  FreeBlocks& free_blocks(const Block& block) { return free_[block.small ? 0 : 1]; }
  Block* take_free(size_t bytes, bool small);
  Block* take_segment(size_t bytes, bool small);
  void split(Block* block, size_t bytes);
  void make_free(Block* block);
  void settle_waiting(bool wait);

  MemorySource source_;
  int home_;
  FreeBlocks free_[2];
  std::unordered_map<void*, Block*> used_;
  std::vector<Waiting> waiting_;
  CacheCounters counters_;
  int64_t limit_ = 0;
  bool keeps_ = false;
};

}  // namespace tape
