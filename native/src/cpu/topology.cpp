#include "topology.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <vector>

#if defined(__linux__)
#include <sched.h>
#elif defined(__APPLE__)
#include <sys/sysctl.h>
#elif defined(_WIN32)
#define NOMINMAX
#include <windows.h>
#endif

namespace tape::cpu {
namespace {

/// 0 when the system does not say.
#if defined(__linux__)

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

int physical_cores() {
  // Rooms for 8192 processors, more than the kernel is built for; a smaller set is an error on large
  // machines.
  constexpr int kMost = 8192;
  cpu_set_t* allowed = CPU_ALLOC(kMost);
  const size_t size = CPU_ALLOC_SIZE(kMost);
  std::set<std::string> cores;  // each named by the hardware threads on it
  if (sched_getaffinity(0, size, allowed) == 0) {
    for (int cpu = 0; cpu < kMost; ++cpu) {
      if (!CPU_ISSET_S(cpu, size, allowed)) continue;
      const std::string siblings =
          first_line("/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/thread_siblings_list");
      cores.insert(siblings.empty() ? std::to_string(cpu) : siblings);
    }
  }
  CPU_FREE(allowed);
  return static_cast<int>(cores.size());
}

/// Processors' worth of time that a control group grants, rounded up; 0 for no limit.
int quota_of(double quota, double period) {
  return quota > 0 && period > 0 ? std::max(1, static_cast<int>(std::ceil(quota / period))) : 0;
}

/// The least quota of the group this process is in and of those around it.
int cpu_quota() {
  int least = 0;
  const auto consider = [&](int quota) {
    if (quota > 0 && (least == 0 || quota < least)) least = quota;
  };
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    // `0::/path` in version 2, `4:cpu,cpuacct:/path` in version 1.
    const size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    std::string controllers = ",";
    controllers.append(line, first + 1, second - first - 1).push_back(',');
    const bool unified = controllers == ",,";
    if (!unified && controllers.find(",cpu,") == std::string::npos) continue;
    // Inside a container the path may be the host's: the mount's own root is looked at in any case.
    for (std::string path = line.substr(second + 1);; path.erase(path.rfind('/'))) {
      if (path == "/") path.clear();
      if (unified) {
        const std::string limit = first_line("/sys/fs/cgroup" + path + "/cpu.max");
        char* rest = nullptr;
        const double quota = std::strtod(limit.c_str(), &rest);  // 0 for `max 100000`
        consider(quota_of(quota, std::strtod(rest, nullptr)));
      } else {
        const std::string folder = "/sys/fs/cgroup/cpu" + path;
        consider(quota_of(std::strtod(first_line(folder + "/cpu.cfs_quota_us").c_str(), nullptr),
                          std::strtod(first_line(folder + "/cpu.cfs_period_us").c_str(), nullptr)));
      }
      if (path.empty() || path.rfind('/') == std::string::npos) break;
    }
  }
  return least;
}

#elif defined(__APPLE__)

int physical_cores() {
  // The efficient cores of Apple's processors would hold the fast ones up.
  for (const char* name : {"hw.perflevel0.physicalcpu", "hw.physicalcpu"}) {
    int count = 0;
    size_t size = sizeof count;
    if (sysctlbyname(name, &count, &size, nullptr, 0) == 0 && count > 0) return count;
  }
  return 0;
}
int cpu_quota() { return 0; }

#elif defined(_WIN32)

int physical_cores() {
  DWORD_PTR allowed = 0, all = 0;
  GetProcessAffinityMask(GetCurrentProcess(), &allowed, &all);
  DWORD bytes = 0;
  GetLogicalProcessorInformation(nullptr, &bytes);
  std::vector<SYSTEM_LOGICAL_PROCESSOR_INFORMATION> entries(bytes /
                                                            sizeof(SYSTEM_LOGICAL_PROCESSOR_INFORMATION));
  if (entries.empty() || !GetLogicalProcessorInformation(entries.data(), &bytes)) return 0;
  int cores = 0;
  for (const auto& entry : entries)
    if (entry.Relationship == RelationProcessorCore && (allowed == 0 || (entry.ProcessorMask & allowed)))
      ++cores;
  return cores;
}
int cpu_quota() { return 0; }

#else

int physical_cores() { return 0; }
int cpu_quota() { return 0; }

#endif

}  // namespace

int usable_cores() {
  if (const char* asked = std::getenv("OMP_NUM_THREADS"))
    if (const int count = std::atoi(asked); count >= 1 && count <= 1024) return count;
  int cores = physical_cores();
  if (cores < 1) cores = static_cast<int>(std::thread::hardware_concurrency());
  if (const int quota = cpu_quota(); quota > 0) cores = std::min(cores, quota);
  return std::clamp(cores, 1, 1024);
}

}  // namespace tape::cpu
