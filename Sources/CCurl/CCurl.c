#include "CCurl.h"

#include <dlfcn.h>
#include <pthread.h>

// curl.h defines some of these names as macros that check types.
#undef curl_easy_setopt

static struct {
  CURLcode (*global_init)(long);
  CURL *(*easy_init)(void);
  void (*easy_cleanup)(CURL *);
  void (*easy_reset)(CURL *);
  CURLcode (*easy_perform)(CURL *);
  const char *(*easy_strerror)(CURLcode);
  CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
  struct curl_slist *(*slist_append)(struct curl_slist *, const char *);
  void (*slist_free_all)(struct curl_slist *);
} library;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool is_loaded = false;

static void load(void) {
  // The second is the same library over another implementation of TLS.
  void *file = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (!file) file = dlopen("libcurl-gnutls.so.4", RTLD_NOW | RTLD_LOCAL);
  if (!file) return;
  struct {
    const char *name;
    void **function;
  } const symbols[] = {
      {"curl_global_init", (void **)&library.global_init},
      {"curl_easy_init", (void **)&library.easy_init},
      {"curl_easy_cleanup", (void **)&library.easy_cleanup},
      {"curl_easy_reset", (void **)&library.easy_reset},
      {"curl_easy_perform", (void **)&library.easy_perform},
      {"curl_easy_strerror", (void **)&library.easy_strerror},
      {"curl_easy_setopt", (void **)&library.easy_setopt},
      {"curl_slist_append", (void **)&library.slist_append},
      {"curl_slist_free_all", (void **)&library.slist_free_all},
  };
  for (size_t index = 0; index < sizeof symbols / sizeof symbols[0]; index += 1) {
    *symbols[index].function = dlsym(file, symbols[index].name);
    if (!*symbols[index].function) return;
  }
  is_loaded = library.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

bool assay_curl_load(void) {
  pthread_once(&once, load);
  return is_loaded;
}

CURL *assay_curl_open(void) { return library.easy_init(); }

void assay_curl_close(CURL *handle) { library.easy_cleanup(handle); }

void assay_curl_reset(CURL *handle) { library.easy_reset(handle); }

CURLcode assay_curl_perform(CURL *handle) { return library.easy_perform(handle); }

const char *assay_curl_error_text(CURLcode code) { return library.easy_strerror(code); }

CURLcode assay_curl_set_long(CURL *handle, CURLoption option, long value) {
  return library.easy_setopt(handle, option, value);
}

CURLcode assay_curl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
  return library.easy_setopt(handle, option, value);
}

CURLcode assay_curl_set_string(CURL *handle, CURLoption option, const char *value) {
  return library.easy_setopt(handle, option, value);
}

CURLcode assay_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
  return library.easy_setopt(handle, option, value);
}

CURLcode assay_curl_set_bytes(CURL *handle, CURLoption option, assay_curl_bytes call) {
  return library.easy_setopt(handle, option, call);
}

CURLcode assay_curl_set_seek(CURL *handle, assay_curl_seek call) {
  return library.easy_setopt(handle, CURLOPT_SEEKFUNCTION, call);
}

CURLcode assay_curl_set_progress(CURL *handle, assay_curl_progress call) {
  return library.easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, call);
}

struct curl_slist *assay_curl_list_append(struct curl_slist *list, const char *line) {
  return library.slist_append(list, line);
}

void assay_curl_list_free(struct curl_slist *list) { library.slist_free_all(list); }
