// memmem is no part of standard C.
#define _GNU_SOURCE
#include "CSQLiteMemory.h"

#include <string.h>

const void *assay_find(const void *bytes, size_t count, const void *wanted, size_t wanted_count) {
  return memmem(bytes, count, wanted, wanted_count);
}
