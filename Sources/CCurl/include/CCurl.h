// libcurl's easy interface for Swift: loaded when it is first used, and without variadic functions.
//
// Loading libcurl and the thirty libraries behind it takes a process 4 ms, which commands on a
// local store shall not pay; so it is no library that the binary is linked with.
#ifndef CCURL_H
#define CCURL_H

#include <curl/curl.h>
#include <stdbool.h>

// Loads libcurl, once; false when it is not on this machine. The other functions may only be called
// after it has answered true. Any thread may call it.
bool assay_curl_load(void);

CURL *assay_curl_open(void);
void assay_curl_close(CURL *handle);
void assay_curl_reset(CURL *handle);
CURLcode assay_curl_perform(CURL *handle);
const char *assay_curl_error_text(CURLcode code);

// Options, by the type of their values; strings are copied.
CURLcode assay_curl_set_long(CURL *handle, CURLoption option, long value);
CURLcode assay_curl_set_size(CURL *handle, CURLoption option, curl_off_t value);
CURLcode assay_curl_set_string(CURL *handle, CURLoption option, const char *value);
CURLcode assay_curl_set_pointer(CURL *handle, CURLoption option, void *value);

// A callback for bytes: CURLOPT_WRITEFUNCTION, CURLOPT_HEADERFUNCTION or CURLOPT_READFUNCTION.
typedef size_t (*assay_curl_bytes)(char *bytes, size_t size, size_t count, void *context);
CURLcode assay_curl_set_bytes(CURL *handle, CURLoption option, assay_curl_bytes call);

// CURLOPT_SEEKFUNCTION.
typedef int (*assay_curl_seek)(void *context, curl_off_t offset, int origin);
CURLcode assay_curl_set_seek(CURL *handle, assay_curl_seek call);

// CURLOPT_XFERINFOFUNCTION; called about once a second also when nothing moves.
typedef int (*assay_curl_progress)(
    void *context, curl_off_t download_total, curl_off_t download, curl_off_t upload_total,
    curl_off_t upload);
CURLcode assay_curl_set_progress(CURL *handle, assay_curl_progress call);

// A list of header lines, which lives until it is freed.
struct curl_slist *assay_curl_list_append(struct curl_slist *list, const char *line);
void assay_curl_list_free(struct curl_slist *list);

#endif
