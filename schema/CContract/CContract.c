#include "CContract.h"

// C23's own way (https://en.cppreference.com/w/c/preprocessor/embed): a literal of 180,000 numbers
// takes the Swift compiler over a minute, and this no time.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const uint8_t openapi[] = {
#embed "../openapi.yaml"
};

static const uint8_t route_rules[] = {
#embed "../route.rules.json"
};

const uint8_t *assay_openapi(size_t *count) {
  *count = sizeof openapi;
  return openapi;
}

const uint8_t *assay_route_rules(size_t *count) {
  *count = sizeof route_rules;
  return route_rules;
}
