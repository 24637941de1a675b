#include "caching_allocator.h"

#include <algorithm>
#include <bit>
#include <iterator>

namespace tape {
namespace {

constexpr size_t kAlignment = 512;
constexpr size_t kSmall = size_t{1} << 20;
constexpr size_t kSmallSegment = size_t{2} << 20;
constexpr size_t kOwnSegment = size_t{10} << 20;
constexpr size_t kLargeSegment = size_t{20} << 20;

constexpr size_t up_to(size_t bytes, size_t step) { return (bytes + step - 1) / step * step; }

}  // namespace

size_t CachingAllocator::rounded(size_t bytes) {
  if (bytes <= 4 * kAlignment) return bytes == 0 ? kAlignment : up_to(bytes, kAlignment);
  const size_t power = std::bit_floor(bytes - 1);  // below `bytes`, at most half below it
  return up_to(bytes, power / 4);
}

CachingAllocator::~CachingAllocator() {
  while (!used_.empty()) free(used_.begin()->first);
  release_cached();
}

void* CachingAllocator::allocate(size_t asked) {
  const size_t bytes = rounded(asked);
  const bool small = bytes <= kSmall;
  if (!waiting_.empty()) settle_waiting(false);
  Block* block = take_free(bytes, small);
  if (!block) block = take_segment(bytes, small);
  if (!block && !waiting_.empty()) {
    settle_waiting(true);
    block = take_free(bytes, small);
  }
  if (!block) {
    release_cached();
    block = take_segment(bytes, small);
  }
  if (!block) return nullptr;
  split(block, bytes);
  block->used = true;
  block->streams = 0;
  used_.emplace(block->data, block);
  ++counters_.allocations;
  counters_.in_use += static_cast<int64_t>(block->bytes);
  counters_.peak = std::max(counters_.peak, counters_.in_use);
  return block->data;
}

/// The smallest free block that is large enough; a large one is not cut down to a small part of it.
CachingAllocator::Block* CachingAllocator::take_free(size_t bytes, bool small) {
  Block wanted{nullptr, bytes, nullptr, nullptr, small, false, 0};
  FreeBlocks& blocks = free_blocks(wanted);
  const auto found = blocks.lower_bound(&wanted);
  if (found == blocks.end()) return nullptr;
  Block* block = *found;
  blocks.erase(found);
  return block;
}

CachingAllocator::Block* CachingAllocator::take_segment(size_t bytes, bool small) {
  const size_t size = small                 ? kSmallSegment
                      : bytes < kOwnSegment ? kLargeSegment
                                            : up_to(bytes, kSmallSegment);
  if (limit_ > 0 && counters_.reserved + static_cast<int64_t>(size) > limit_) return nullptr;
  void* data = source_.allocate(size);
  if (!data) return nullptr;
  ++counters_.source_allocations;
  counters_.reserved += static_cast<int64_t>(size);
  return new Block{static_cast<char*>(data), size, nullptr, nullptr, small, false, 0};
}

void CachingAllocator::split(Block* block, size_t bytes) {
  const size_t rest = block->bytes - bytes;
  if (rest < (block->small ? kAlignment : kSmall)) return;
  Block* other = new Block{block->data + bytes, rest, block, block->after, block->small, false, 0};
  if (other->after) other->after->before = other;
  block->after = other;
  block->bytes = bytes;
  free_blocks(*other).insert(other);
  ++counters_.splits;
}

size_t CachingAllocator::size_of_block(void* data) const { return used_.at(data)->bytes; }

void CachingAllocator::note_use(void* data, int stream) {
  if (stream != home_) used_.at(data)->streams |= 1u << stream;
}

void CachingAllocator::free(void* data) {
  const auto found = used_.find(data);
  Block* block = found->second;
  used_.erase(found);
  counters_.in_use -= static_cast<int64_t>(block->bytes);
  if (block->streams == 0) return make_free(block);
  Waiting waiting{block, {}};
  for (int stream = 0; stream < 32; ++stream)
    if (block->streams >> stream & 1) waiting.events.push_back(source_.record(stream));
  waiting_.push_back(std::move(waiting));
  ++counters_.waiting;
}

/// Joins the block with free neighbours.
void CachingAllocator::make_free(Block* block) {
  block->used = false;
  const auto is_free = [&](Block* other) { return other && free_blocks(*other).count(other) > 0; };
  const auto swallow = [&](Block* left, Block* right) {
    left->bytes += right->bytes;
    left->after = right->after;
    if (right->after) right->after->before = left;
    delete right;
    ++counters_.merges;
  };
  if (Block* after = block->after; is_free(after)) {
    free_blocks(*after).erase(after);
    swallow(block, after);
  }
  if (Block* before = block->before; is_free(before)) {
    free_blocks(*before).erase(before);
    swallow(before, block);
    block = before;
  }
  free_blocks(*block).insert(block);
}

/// Blocks whose events have passed become free; all of them, when told to wait.
void CachingAllocator::settle_waiting(bool wait) {
  std::erase_if(waiting_, [&](Waiting& entry) {
    std::erase_if(entry.events, [&](void* event) {
      if (wait) source_.wait(event);
      if (!wait && !source_.passed(event)) return false;
      source_.drop(event);
      return true;
    });
    if (!entry.events.empty()) return false;
    --counters_.waiting;
    make_free(entry.block);
    return true;
  });
}

void CachingAllocator::release_cached() {
  if (keeps_) return;
  settle_waiting(true);
  for (FreeBlocks& blocks : free_)
    for (auto at = blocks.begin(); at != blocks.end();) {
      Block* block = *at;
      const auto next = std::next(at);
      if (!block->before && !block->after) {
        source_.free(block->data);
        counters_.reserved -= static_cast<int64_t>(block->bytes);
        blocks.erase(at);
        delete block;
      }
      at = next;
    }
}

}  // namespace tape
