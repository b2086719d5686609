#pragma once

#include <json-glib/json-glib.h>

/**
 * fl_bounded_json_parse:
 * @bytes: a JSON text of at most 16 MiB and 64 levels, checked before the parser sees it: it
 *   recurses without limit
 * @name: how messages name it, a noun included: "card 'x.json'"; one line
 *
 * Strictly JSON: no comments, no single quotes.
 *
 * Returns: (transfer full): the object that the text is; %NULL with %FL_ERROR_MALFORMED or
 *   %FL_ERROR_LIMIT
 */
JsonObject *fl_bounded_json_parse (GBytes *bytes, const char *name, GError **error);

#define FL_BOUNDED_JSON_MAX_SIZE (16u << 20)
#define FL_BOUNDED_JSON_MAX_DEPTH 64
