#include "CSQLiteMemory.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdlib.h>

struct assay_meter {
  _Atomic int64_t used;
  int64_t limit;
  atomic_bool refused;
};

static sqlite3_mem_methods base;
static _Thread_local assay_meter *current;

static bool has_room(assay_meter *meter, int64_t bytes) {
  if (atomic_load_explicit(&meter->used, memory_order_relaxed) + bytes <= meter->limit) return true;
  atomic_store_explicit(&meter->refused, true, memory_order_relaxed);
  return false;
}

static void *take(int size) {
  assay_meter *meter = current;
  if (meter == NULL) return base.xMalloc(size);
  if (!has_room(meter, size)) return NULL;
  void *memory = base.xMalloc(size);
  if (memory != NULL) assay_meter_add(meter, base.xSize(memory));
  return memory;
}

static void give_back(void *memory) {
  assay_meter *meter = current;
  if (meter != NULL && memory != NULL) assay_meter_add(meter, -(int64_t)base.xSize(memory));
  base.xFree(memory);
}

static void *resize(void *memory, int size) {
  assay_meter *meter = current;
  if (meter == NULL) return base.xRealloc(memory, size);
  int64_t before = base.xSize(memory);
  if (size > before && !has_room(meter, size - before)) return NULL;
  void *moved = base.xRealloc(memory, size);
  if (moved != NULL) assay_meter_add(meter, base.xSize(moved) - before);
  return moved;
}

// Before main: SQLite takes no other allocator once it was used.
__attribute__((constructor)) static void install(void) {
  if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &base) != SQLITE_OK) return;
  sqlite3_mem_methods methods = base;
  methods.xMalloc = take;
  methods.xFree = give_back;
  methods.xRealloc = resize;
  sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}

assay_meter *assay_meter_make(int64_t limit) {
  assay_meter *meter = calloc(1, sizeof(assay_meter));
  if (meter != NULL) meter->limit = limit;
  return meter;
}

void assay_meter_free(assay_meter *meter) { free(meter); }

assay_meter *assay_meter_enter(assay_meter *meter) {
  assay_meter *before = current;
  current = meter;
  return before;
}

void assay_meter_add(assay_meter *meter, int64_t bytes) {
  atomic_fetch_add_explicit(&meter->used, bytes, memory_order_relaxed);
}

int64_t assay_meter_used(const assay_meter *meter) {
  return atomic_load_explicit(&meter->used, memory_order_relaxed);
}

bool assay_meter_refused(const assay_meter *meter) {
  return atomic_load_explicit(&meter->refused, memory_order_relaxed);
}
