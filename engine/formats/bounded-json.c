#include "engine/formats/bounded-json.h"

#include "engine/core/error.h"

#include <string.h>

/*
 * Walks over the text as far as is needed to tell strings from brackets. What json-glib takes
 * beyond JSON (comments, single quotes, assignments) is refused, since it would mislead that walk.
 */
static gboolean
check (const char *data, gsize size, const char *name, GError **error)
{
  gboolean in_string = FALSE;
  int depth = 0;
  int line = 1;

  for (gsize i = 0; i < size; i++)
    {
      char c = data[i];

      if (c == '\n')
        line++;
      if (in_string)
        {
          if (c == '\\')
            i++;
          else if (c == '"')
            in_string = FALSE;
          continue;
        }
      if (c == '"')
        in_string = TRUE;
      else if (c == '[' || c == '{')
        {
          if (++depth > FL_BOUNDED_JSON_MAX_DEPTH)
            {
              g_set_error (error, FL_ERROR, FL_ERROR_LIMIT,
                           "%s, line %d: nested more than %d levels deep", name, line,
                           FL_BOUNDED_JSON_MAX_DEPTH);
              return FALSE;
            }
        }
      else if (c == ']' || c == '}')
        {
          if (--depth < 0)
            {
              g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED,
                           "%s, line %d: '%c' without its beginning", name, line, c);
              return FALSE;
            }
        }
      else if (c == '\0' || (!g_ascii_isalnum (c) && strchr (" \t\r\n:,+-.", c) == NULL))
        {
          g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED,
                       "%s, line %d: unexpected character 0x%02x, expected JSON", name, line,
                       (guint8) c);
          return FALSE;
        }
    }
  if (in_string || depth != 0)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED, "%s, line %d: %s", name, line,
                   in_string ? "the text ends inside a string"
                             : "the text ends before its brackets are closed");
      return FALSE;
    }
  return TRUE;
}

JsonObject *
fl_bounded_json_parse (GBytes *bytes, const char *name, GError **error)
{
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) met = NULL;
  JsonNode *root;
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  if (size > FL_BOUNDED_JSON_MAX_SIZE)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_LIMIT,
                   "%s: %" G_GSIZE_FORMAT " bytes, expected at most %u", name, size,
                   FL_BOUNDED_JSON_MAX_SIZE);
      return NULL;
    }
  if (size == 0)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED, "%s: empty, expected JSON", name);
      return NULL;
    }
  if (!g_utf8_validate_len (data, size, NULL))
    {
      g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED, "%s: not UTF-8 text", name);
      return NULL;
    }
  if (!check (data, size, name, error))
    return NULL;

  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, data, (gssize) size, &met))
    {
      g_autofree char *reason = g_utf8_make_valid (met->message, -1);

      for (char *c = reason; *c != '\0'; c++)
        if (g_ascii_iscntrl (*c))
          *c = ' ';
      g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED, "%s: %s", name, reason);
      return NULL;
    }
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED, "%s: expected an object, \"{ ... }\"",
                   name);
      return NULL;
    }
  return json_object_ref (json_node_get_object (root));
}
