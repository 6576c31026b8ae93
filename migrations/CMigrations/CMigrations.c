#include "CMigrations.h"

// C23's own way (https://en.cppreference.com/w/c/preprocessor/embed).
#pragma clang diagnostic ignored "-Wc23-extensions"

static const uint8_t index_tables[] = {
#embed "../0001-index.sql"
};
static const uint8_t aggregates[] = {
#embed "../0002-aggregates.sql"
};
static const uint8_t texts[] = {
#embed "../0003-texts.sql"
};
static const uint8_t checksums[] = {
#embed "../0004-checksums.sql"
};

static const struct {
  const uint8_t *bytes;
  size_t count;
} scripts[] = {
    {index_tables, sizeof index_tables},
    {aggregates, sizeof aggregates},
    {texts, sizeof texts},
    {checksums, sizeof checksums},
};

const uint8_t *assay_migration(size_t step, size_t *count) {
  if (step >= sizeof scripts / sizeof *scripts) return NULL;
  *count = scripts[step].count;
  return scripts[step].bytes;
}
