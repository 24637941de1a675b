// Functions that kernels of a device share with the processor.
#pragma once

#if defined(__CUDACC__)
#define TAPE_BOTH __host__ __device__
#else
#define TAPE_BOTH
#endif
