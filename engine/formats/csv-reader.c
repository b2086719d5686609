#include "engine/formats/csv-reader.h"

#include "engine/core/error.h"
#include "engine/formats/bounded-file.h"

#include <string.h>

typedef struct
{
  const char *at;
  const char *end;
  int line;
  const char *name;
} CsvText;

static void
row_free (FlCsvRow *row)
{
  g_strfreev (row->cells);
  g_free (row);
}

static gboolean
refuse (const CsvText *text, GError **error, const char *reason)
{
  g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED, "table '%s', line %d: %s", text->name,
               text->line, reason);
  return FALSE;
}

static gboolean
at_line_end (const CsvText *text)
{
  return text->at == text->end || *text->at == '\n'
         || (*text->at == '\r' && text->at + 1 < text->end && text->at[1] == '\n');
}

static void
skip_line_end (CsvText *text)
{
  if (text->at < text->end && *text->at == '\r')
    text->at++;
  if (text->at < text->end)
    {
      text->at++;
      text->line++;
    }
}

static gboolean
take_quoted (CsvText *text, GString *cell, GError **error)
{
  text->at++;
  for (;;)
    {
      if (text->at == text->end)
        return refuse (text, error, "a quoted cell without its end");
      if (*text->at == '"')
        {
          text->at++;
          if (text->at == text->end || *text->at != '"')
            break;
        }
      if (*text->at == '\n')
        text->line++;
      g_string_append_c (cell, *text->at++);
    }
  if (!at_line_end (text) && *text->at != ',')
    return refuse (text, error, "expected a comma after a quoted cell");
  return TRUE;
}

static gboolean
take_row (CsvText *text, GPtrArray *cells, GError **error)
{
  for (;;)
    {
      g_autoptr (GString) cell = g_string_new (NULL);

      if (text->at < text->end && *text->at == '"')
        {
          if (!take_quoted (text, cell, error))
            return FALSE;
        }
      else
        while (!at_line_end (text) && *text->at != ',')
          {
            if (*text->at == '"')
              return refuse (text, error, "a quote inside a cell that is not quoted");
            g_string_append_c (cell, *text->at++);
          }
      g_ptr_array_add (cells, g_string_free (g_steal_pointer (&cell), FALSE));
      if (at_line_end (text))
        break;
      text->at++;
    }
  skip_line_end (text);
  return TRUE;
}

GPtrArray *
fl_csv_parse (GBytes *bytes, const char *name, GError **error)
{
  static const char mark[] = "\xef\xbb\xbf";
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) row_free);
  g_autofree char *shown = fl_bounded_file_display_name (name);
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  CsvText text = { .at = data, .end = data + size, .line = 1, .name = shown };
  guint n_columns = 0;

  if (size > 0 && !g_utf8_validate_len (data, size, &text.at))
    {
      for (const char *c = data; c < text.at; c++)
        text.line += *c == '\n';
      refuse (&text, error, "not UTF-8 text");
      return NULL;
    }
  text.at = data;
  if (size >= 3 && memcmp (data, mark, 3) == 0)
    text.at += 3;
  while (text.at < text.end)
    {
      g_autoptr (GPtrArray) cells = NULL;
      FlCsvRow *row;
      int line = text.line;

      if (at_line_end (&text))
        {
          skip_line_end (&text);
          continue;
        }
      cells = g_ptr_array_new_with_free_func (g_free);
      if (!take_row (&text, cells, error))
        return NULL;
      if (rows->len == 0)
        n_columns = cells->len;
      else if (cells->len != n_columns)
        {
          g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED,
                       "table '%s', line %d: %u cells, expected %u", shown, line, cells->len,
                       n_columns);
          return NULL;
        }
      g_ptr_array_add (cells, NULL);
      row = g_new (FlCsvRow, 1);
      row->line = line;
      row->cells = (GStrv) g_ptr_array_free (g_steal_pointer (&cells), FALSE);
      g_ptr_array_add (rows, row);
    }
  return g_steal_pointer (&rows);
}

int
fl_csv_find_column (const FlCsvRow *names, const char *name)
{
  for (int i = 0; names->cells[i] != NULL; i++)
    if (g_str_equal (names->cells[i], name))
      return i;
  return -1;
}
