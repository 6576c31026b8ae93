// The files of schema/ as bytes of the program.
#ifndef CCONTRACT_H
#define CCONTRACT_H

#include <stddef.h>
#include <stdint.h>

// openapi.yaml; `count` becomes the number of its bytes.
const uint8_t *assay_openapi(size_t *count);

// route.rules.json; `count` becomes the number of its bytes.
const uint8_t *assay_route_rules(size_t *count);

#endif
