#include "CSQLiteMemory.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdlib.h>

struct assay_meter {
  _Atomic int64_t used;
  int64_t limit;
  atomic_bool refused;
  // The rest is used by the thread in the meter alone.
  bool (*must_stop)(void *);
  void *context;
  int64_t unasked;
  bool stopped;
  bool large;
};

// So much memory is taken between two questions whether to stop: some tens of microseconds' work.
static const int64_t ask_bytes = 1 << 20;
// What every allocation counts at least, so that many small ones are asked about too.
static const int64_t call_bytes = 64;
// Work on a value of this size is felt: a comparison takes 20 microseconds.
static const int64_t large_bytes = 256 << 10;

static sqlite3_mem_methods base;
static _Thread_local assay_meter *current;

static bool has_room(assay_meter *meter, int64_t bytes) {
  if (atomic_load_explicit(&meter->used, memory_order_relaxed) + bytes <= meter->limit) return true;
  atomic_store_explicit(&meter->refused, true, memory_order_relaxed);
  return false;
}

// Whether a step that handles `bytes` may begin.
static bool may_go_on(assay_meter *meter, int64_t bytes) {
  if (bytes >= large_bytes) meter->large = true;
  if (meter->stopped) return false;
  meter->unasked += bytes + call_bytes;
  if (meter->unasked < ask_bytes || meter->must_stop == NULL) return true;
  meter->unasked = 0;
  meter->stopped = meter->must_stop(meter->context);
  return !meter->stopped;
}

static void *take(int size) {
  assay_meter *meter = current;
  if (meter == NULL) return base.xMalloc(size);
  if (!has_room(meter, size) || !may_go_on(meter, size)) return NULL;
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
  if (size > before && (!has_room(meter, size - before) || !may_go_on(meter, size))) return NULL;
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
#ifdef SQLITE_CONFIG_MEMDB_MAXSIZE
  // Sorters keep their runs in files in memory: the query's limit bounds them, not another one.
  sqlite3_config(SQLITE_CONFIG_MEMDB_MAXSIZE, INT64_MAX);
#endif
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

void assay_meter_ask(assay_meter *meter, bool (*must_stop)(void *context), void *context) {
  meter->must_stop = must_stop;
  meter->context = context;
}

bool assay_meter_large(const assay_meter *meter) { return meter->large; }
