// Counts what SQLite allocates for one query, and refuses it what is more than the query may hold.
//
// SQLite itself counts for the whole process alone (sqlite3_memory_used), and looks at no limit of a
// single connection. So its allocator is wrapped when the process starts, before anything can have
// opened a database (https://www.sqlite.org/c3ref/mem_methods.html): what a thread allocates and frees
// while it has entered a meter is counted there; what others do is passed on as it is.
#ifndef CSQLITEMEMORY_H
#define CSQLITEMEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What one query holds. Any thread may add to it and ask; one thread at a time is in it.
typedef struct assay_meter assay_meter;

// A meter at which allocations fail beyond `limit` bytes; NULL when there is no memory for it.
assay_meter *assay_meter_make(int64_t limit);

// Frees a meter that no thread is in.
void assay_meter_free(assay_meter *meter);

// Counts this thread's allocations with `meter`, or with none when it is NULL, from now on; returns
// the meter before.
assay_meter *assay_meter_enter(assay_meter *meter);

// Counts bytes that somebody else than SQLite took, or gave back when negative.
void assay_meter_add(assay_meter *meter, int64_t bytes);

// The bytes that are held now.
int64_t assay_meter_used(const assay_meter *meter);

// Whether an allocation was refused for want of room.
bool assay_meter_refused(const assay_meter *meter);

// Asks `must_stop` now and then, by what is allocated, from the thread in the meter; once it is true
// every allocation fails, which ends whatever SQLite is doing. NULL asks no more.
//
// One call of a function, and one step of a statement, can take as long as the values in it are
// large; but what works on much memory also takes much.
void assay_meter_ask(assay_meter *meter, bool (*must_stop)(void *context), void *context);

// Whether a value was there that is large enough for single operations on it to be felt; for the
// thread in the meter.
bool assay_meter_large(const assay_meter *meter);

// The first place of bytes in others, in time proportional to both; NULL when there is none.
const void *assay_find(const void *bytes, size_t count, const void *wanted, size_t wanted_count);

#endif
