// The scripts of migrations/ as bytes of the program.
#ifndef CMIGRATIONS_H
#define CMIGRATIONS_H

#include <stddef.h>
#include <stdint.h>

// The script of a step, counted from 0, or NULL after the last; `count` becomes the number of its bytes.
const uint8_t *assay_migration(size_t step, size_t *count);

#endif
