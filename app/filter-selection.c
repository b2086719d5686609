#include "app/filter-selection.h"

#include <string.h>

#include "engine/core/error.h"

/* One part of the list, the filters first .. last of a layer. */
typedef struct
{
  char *layer; /* owned */
  guint64 first;
  guint64 last;
  gboolean whole;
} Part;

static void
part_clear (Part *part)
{
  g_free (part->layer);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Part, part_clear)

static gboolean
parse_number (const char *text, guint64 *number)
{
  return g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT, number, NULL);
}

static gboolean
parse_part (const char *text, Part *part, GError **error)
{
  const char *colon = strrchr (text, ':');
  gboolean good = colon != NULL && colon != text;

  if (good)
    {
      g_auto (GStrv) ends = g_strsplit (colon + 1, "-", 2);

      part->whole = g_str_equal (colon + 1, "*");
      good = part->whole
             || (ends[0] != NULL && parse_number (ends[0], &part->first)
                 && parse_number (ends[1] != NULL ? ends[1] : ends[0], &part->last)
                 && part->first <= part->last);
    }
  if (!good)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED,
                   "'%s' is not LAYER:FILTER, LAYER:A-B or LAYER:*", text);
      return FALSE;
    }
  part->layer = g_strndup (text, (gsize) (colon - text));
  return TRUE;
}

gboolean
fl_filter_selection_check (const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);

  if (parts[0] == NULL)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED, "no LAYER:FILTER is given");
      return FALSE;
    }
  for (int i = 0; parts[i] != NULL; i++)
    {
      g_auto (Part) part = { 0 };

      if (!parse_part (parts[i], &part, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
fl_filter_selection_parse (FlGraph *graph, const char *text, GArray *filters, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  guint before = filters->len;

  if (!fl_filter_selection_check (text, error))
    return FALSE;
  for (int i = 0; parts[i] != NULL; i++)
    {
      g_auto (Part) part = { 0 };
      const FlLayer *layer;
      int index;

      if (!parse_part (parts[i], &part, error))
        goto fail;
      index = fl_graph_find_layer (graph, part.layer);
      if (index < 0)
        {
          g_set_error (error, FL_ERROR, FL_ERROR_RANGE,
                       "there is no convolution layer '%s'; the first one is '%s'", part.layer,
                       fl_graph_n_layers (graph) > 0 ? fl_graph_layer (graph, 0)->name : "");
          goto fail;
        }
      layer = fl_graph_layer (graph, index);
      if (part.whole)
        part.last = (guint64) layer->n_filters - 1;
      if (part.last >= (guint64) layer->n_filters)
        {
          g_set_error (error, FL_ERROR, FL_ERROR_RANGE,
                       "layer '%s': filter %" G_GUINT64_FORMAT " is outside 0 .. %d", part.layer,
                       part.last, layer->n_filters - 1);
          goto fail;
        }
      for (int k = (int) part.first; k <= (int) part.last; k++)
        {
          int filter = layer->first_filter + k;

          g_array_append_val (filters, filter);
        }
    }
  return TRUE;

fail:
  g_array_set_size (filters, before);
  return FALSE;
}

char *
fl_filter_selection_format (FlGraph *graph, const guint8 *off)
{
  GString *text = g_string_new (NULL);

  for (int l = 0; l < fl_graph_n_layers (graph); l++)
    {
      const FlLayer *layer = fl_graph_layer (graph, l);
      const guint8 *here = &off[layer->first_filter];

      for (int k = 0, end; k < layer->n_filters; k = end + 1)
        {
          end = k;
          if (!here[k])
            continue;
          while (end + 1 < layer->n_filters && here[end + 1])
            end++;
          if (text->len > 0)
            g_string_append_c (text, ',');
          if (k == 0 && end == layer->n_filters - 1 && k != end)
            g_string_append_printf (text, "%s:*", layer->name);
          else if (k == end)
            g_string_append_printf (text, "%s:%d", layer->name, k);
          else
            g_string_append_printf (text, "%s:%d-%d", layer->name, k, end);
        }
    }
  return g_string_free (text, FALSE);
}
