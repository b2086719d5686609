#include "engine/graph/edit-list.h"

#include <stdlib.h>

#include "engine/core/error.h"

struct _FlEditList
{
  gatomicrefcount references;
  GArray *edits; /* owned, of FlEdit, by filter */
};

static void
edit_clear (gpointer data)
{
  FlEdit *edit = data;

  g_clear_pointer (&edit->weights, fl_tensor_unref);
}

static gboolean
check_edit (const FlGraph *graph, const FlEdit *edit, GError **error)
{
  const FlLayer *layer = NULL;

  if (edit->filter < 0 || edit->filter >= fl_graph_n_filters (graph))
    {
      g_set_error (error, FL_ERROR, FL_ERROR_RANGE, "filter %d: the network has filters 0 to %d",
                   edit->filter, fl_graph_n_filters (graph) - 1);
      return FALSE;
    }
  layer = fl_graph_layer (graph, fl_graph_layer_of_filter (graph, edit->filter));
  if (edit->weights != NULL && fl_tensor_size (edit->weights) != (gsize) layer->filter_size)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_SHAPE,
                   "layer '%s' filter %d: %" G_GSIZE_FORMAT " new weights, expected %d",
                   layer->name, edit->filter - layer->first_filter, fl_tensor_size (edit->weights),
                   layer->filter_size);
      return FALSE;
    }
  return TRUE;
}

static int
compare_filters (gconstpointer a, gconstpointer b)
{
  const FlEdit *first = *(const FlEdit *const *) a;
  const FlEdit *second = *(const FlEdit *const *) b;

  if (first->filter != second->filter)
    return first->filter < second->filter ? -1 : 1;
  return first < second ? -1 : first > second;
}

FlEditList *
fl_edit_list_new (const FlGraph *graph, int n_edits, const FlEdit *edits, GError **error)
{
  g_autofree const FlEdit **sorted = g_new (const FlEdit *, MAX (n_edits, 1));
  FlEditList *list = NULL;

  for (int i = 0; i < n_edits; i++)
    {
      if (!check_edit (graph, &edits[i], error))
        return NULL;
      sorted[i] = &edits[i];
    }
  qsort (sorted, (gsize) n_edits, sizeof *sorted, compare_filters);
  list = g_new0 (FlEditList, 1);
  g_atomic_ref_count_init (&list->references);
  list->edits = g_array_new (FALSE, TRUE, sizeof (FlEdit));
  g_array_set_clear_func (list->edits, edit_clear);
  for (int i = 0; i < n_edits; i++)
    {
      FlEdit edit = *sorted[i];

      if (i + 1 < n_edits && sorted[i + 1]->filter == edit.filter)
        continue;
      if (edit.kind == FL_EDIT_SILENT)
        edit.weights = NULL;
      if (edit.weights != NULL)
        fl_tensor_ref (edit.weights);
      g_array_append_val (list->edits, edit);
    }
  return list;
}

FlEditList *
fl_edit_list_ref (FlEditList *list)
{
  g_atomic_ref_count_inc (&list->references);
  return list;
}

void
fl_edit_list_unref (FlEditList *list)
{
  if (!g_atomic_ref_count_dec (&list->references))
    return;
  g_array_unref (list->edits);
  g_free (list);
}

int
fl_edit_list_length (const FlEditList *list)
{
  return (int) list->edits->len;
}

const FlEdit *
fl_edit_list_get (const FlEditList *list, int index)
{
  g_return_val_if_fail (index >= 0 && index < fl_edit_list_length (list), NULL);
  return &g_array_index (list->edits, FlEdit, index);
}
