/* How answers are made: their headers, errors, and bytes of the present rendering. All queue the response, or make one.
 */
#pragma once

#include "api.h"
#include "serve/exchange.h"

/* The request's header of this name; NULL: it has none. */
const char *reply_header_of(struct exchange *x, const char *name);

/* How the client wants the bytes; the answer says so with reply_say_coding(). */
enum coding reply_coding_of(struct exchange *x);

/* The connection has had its share of requests: this answer closes it. */
bool reply_is_last(const struct exchange *x);

/* Ends the process where `response` is NULL, for want of memory. */
struct MHD_Response *reply_made(struct MHD_Response *response);

/* Sends bytes of the rendering without a copy: the response holds the rendering until it is sent. */
struct MHD_Response *reply_rendered(struct exchange *x, const struct buf *bytes);

/* Adds Content-Encoding, and Vary, so that caches do not give the one to who accepts the other. */
void reply_say_coding(struct MHD_Response *response, enum coding coding, const char *vary);

/* Adds the headers that every answer has, and those of the web configuration. */
void reply_describe(const struct exchange *x, struct MHD_Response *response, const char *content_type);

/* Counts the answer and queues it; HEAD is answered without the body. */
enum MHD_Result reply_queue(struct exchange *x, unsigned status, struct MHD_Response *response, size_t bytes);

/* Describes the response, queues it, and gives it up. */
enum MHD_Result reply_response(
    struct exchange *x, unsigned status, struct MHD_Response *response, size_t bytes, const char *content_type);

enum MHD_Result reply_text(struct exchange *x, unsigned status, const char *text);

/* A body of JSON, with the status of `kind`; takes the body. */
enum MHD_Result reply_json_take(struct exchange *x, enum api_error kind, struct buf *body);

/* {"error", "kind"}; if the pair is wrong or missing, also the names of all pairs. */
enum MHD_Result reply_error(struct exchange *x, enum api_error kind, const char *text);

/* The error where no pair is called `name`, or several are watched and `name` is NULL; its text goes to `e`. */
enum api_error reply_pair_error(const struct exchange *x, const char *name, struct err *e);
