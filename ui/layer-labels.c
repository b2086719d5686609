#include "ui/layer-labels.h"

#include <string.h>

/* A name that does not fit is shortened where at least this much room is left, else left out. */
#define SHORTEST 34.0
/* Clear space between two boxes of a row. */
#define SPACE 4.0
/* Names that are shown in full for fewer layers than this are noise: groups alone say more. */
#define ENOUGH 0.5

static void
label_free (gpointer data)
{
  FlLayerLabel *label = data;

  g_free (label->text);
  g_free (label);
}

static char **
split (const char *name)
{
  g_auto (GStrv) parts = g_strsplit_set (name, "./", -1);
  GStrvBuilder *builder = g_strv_builder_new ();

  for (int i = 0; parts[i] != NULL; i++)
    if (*parts[i] != '\0')
      g_strv_builder_add (builder, parts[i]);

  char **kept = g_strv_builder_end (builder);

  g_strv_builder_unref (builder);
  if (kept[0] == NULL)
    {
      g_strfreev (kept);
      kept = g_strsplit (*name != '\0' ? name : "-", "\1", 1);
    }
  return kept;
}

/* How many parts all names begin with; every name keeps at least one. */
static guint
count_shared_parts (int n_layers, char ***parts)
{
  if (n_layers < 2)
    return 0;
  for (guint depth = 0;; depth++)
    for (int l = 0; l < n_layers; l++)
      if (parts[l][depth] == NULL || parts[l][depth + 1] == NULL
          || strcmp (parts[l][depth], parts[0][depth]) != 0)
        return depth;
}

/* Whether the first @depth + 1 parts of two names are the same. */
static gboolean
same_group (char **a, guint depth_a, char **b, guint depth_b)
{
  if (depth_a != depth_b)
    return FALSE;
  for (guint i = 0; i <= depth_a; i++)
    if (strcmp (a[i], b[i]) != 0)
      return FALSE;
  return TRUE;
}

/* Which part of each name tells its group: the first that is not shared, but where that would put
 * more than half of the network into one group a later one. */
static void
choose_depths (int n_layers, char ***parts, guint shared, guint *depth)
{
  gboolean split_more = TRUE;

  for (int l = 0; l < n_layers; l++)
    depth[l] = shared;
  while (split_more)
    {
      split_more = FALSE;
      for (int first = 0, last; first < n_layers; first = last + 1)
        {
          for (last = first;
               last + 1 < n_layers
               && same_group (parts[first], depth[first], parts[last + 1], depth[last + 1]);)
            last++;
          if (2 * (last - first + 1) <= n_layers || n_layers < 4)
            continue;
          for (int l = first; l <= last; l++)
            if (parts[l][depth[l] + 1] != NULL && parts[l][depth[l] + 2] != NULL)
              {
                depth[l]++;
                split_more = TRUE;
              }
        }
    }
}

static double
text_width (const char *text, const FlChartStyle *style)
{
  g_autoptr (PangoLayout) layout = fl_chart_style_small_text (style, text, FALSE);
  PangoRectangle box;

  pango_layout_get_extents (layout, NULL, &box);
  return (double) box.width / PANGO_SCALE;
}

/* Whether a neighbour, nullable, would look the same when only this beginning or end is shown. */
static gboolean
looks_like (const char *text, const char *neighbour, const char *kept, gboolean at_end)
{
  return neighbour != NULL && strcmp (text, neighbour) != 0
         && (at_end ? g_str_has_suffix (neighbour, kept) : g_str_has_prefix (neighbour, kept));
}

/* What fits of a text: its beginning, or its end where a neighbour begins alike; NULL where neither
 * tells it from its neighbours. */
static char *
shorten (const char *text, double wanted, double room, const char *before, const char *after,
         const FlChartStyle *style)
{
  glong length = g_utf8_strlen (text, -1);

  for (int at_end = 0; at_end <= 1; at_end++)
    for (glong n = MIN (length - 1, (glong) (length * room / wanted)); n > 0; n--)
      {
        g_autofree char *kept
            = at_end ? g_utf8_substring (text, length - n, length) : g_utf8_substring (text, 0, n);
        g_autofree char *shown = g_strconcat (at_end ? "…" : kept, at_end ? kept : "…", NULL);

        if (text_width (shown, style) > room)
          continue;
        if (looks_like (text, before, kept, at_end) || looks_like (text, after, kept, at_end))
          break;
        return g_steal_pointer (&shown);
      }
  return NULL;
}

/* A label centred under [left, right], or nothing where there is no room. @before and @after: texts
 * of the neighbours, nullable. */
static gboolean
add_label (GPtrArray *labels, const char *text, double left, double right, int row, int first,
           int last, const char *before, const char *after, const FlChartStyle *style)
{
  double room = right - left;
  double wanted = text_width (text, style);
  g_autofree char *shown = NULL;

  if (room <= 0.0 || (wanted > room && room < SHORTEST))
    return FALSE;
  shown = wanted <= room ? g_strdup (text) : shorten (text, wanted, room, before, after, style);
  if (shown == NULL)
    return FALSE;

  FlLayerLabel *label = g_new0 (FlLayerLabel, 1);

  label->width = wanted <= room ? wanted : MIN (text_width (shown, style), room);
  label->text = g_steal_pointer (&shown);
  label->x = left + (room - label->width) / 2.0;
  label->row = row;
  label->first_layer = first;
  label->last_layer = last;
  g_ptr_array_add (labels, label);
  return TRUE;
}

typedef struct
{
  const char *text;
  int first;
  int last;
} Group;

/* What two texts begin with, in whole words of at least three letters; 0 for nothing. */
static gsize
shared_beginning (const char *a, const char *b, gsize most)
{
  gsize n = 0;

  while (n < most && a[n] != '\0' && a[n] == b[n])
    n++;
  /* Not in the middle of a word or a number: "Conv2d" of "Conv2d_1a" and "Conv2d_2a". */
  while (n > 0
         && ((a[n] != '\0' && g_ascii_isalnum (a[n]) && g_ascii_isalnum (a[n - 1]))
             || (b[n] != '\0' && g_ascii_isalnum (b[n]) && g_ascii_isalnum (a[n - 1]))
             || g_ascii_ispunct (a[n - 1]) || (a[n - 1] & 0x80) != 0))
    n--;
  return n < 3 ? 0 : n;
}

/* Names groups; those too narrow for a name get one together where they begin alike. */
static void
add_groups (GPtrArray *labels, GArray *groups, const double *x, const double *right, int row,
            const FlChartStyle *style)
{
  const Group *all = (const Group *) (gpointer) groups->data;
  int n = (int) groups->len;

  for (int i = 0, end; i < n; i = end)
    {
      const char *before = i > 0 ? all[i - 1].text : NULL;
      const char *after = i + 1 < n ? all[i + 1].text : NULL;
      gsize shared = strlen (all[i].text);

      end = i + 1;
      if (add_label (labels, all[i].text, x[all[i].first], right[all[i].last], row, all[i].first,
                     all[i].last, before, after, style))
        continue;
      while (end < n && all[end].first == all[end - 1].last + 1
             && right[all[end].last] - x[all[end].first] < SHORTEST)
        {
          gsize longer = shared_beginning (all[i].text, all[end].text, shared);

          if (longer == 0)
            break;
          shared = longer;
          end++;
        }
      if (end - i < 2)
        continue;

      g_autofree char *text = g_strndup (all[i].text, shared);

      if (text_width (text, style) <= right[all[end - 1].last] - x[all[i].first])
        add_label (labels, text, x[all[i].first], right[all[end - 1].last], row, all[i].first,
                   all[end - 1].last, NULL, NULL, style);
    }
}

GPtrArray *
fl_layer_labels_new (int n_layers, const char *const *names, const double *x, const double *width,
                     const FlChartStyle *style, int *n_rows)
{
  GPtrArray *labels = g_ptr_array_new_with_free_func (label_free);
  g_autofree char ***parts = g_new0 (char **, MAX (n_layers, 1));
  g_autofree double *right = g_new0 (double, MAX (n_layers, 1));

  for (int l = 0; l < n_layers; l++)
    {
      parts[l] = split (names[l]);
      /* A name may use the gap to the next layer, but for some clear space. */
      double end = l + 1 < n_layers ? x[l + 1] : x[l] + width[l];

      right[l] = MAX (x[l] + width[l] - SPACE, end - SPACE);
    }

  g_auto (GStrv) leaves = g_new0 (char *, n_layers + 1);
  g_autoptr (GArray) groups = g_array_new (FALSE, FALSE, sizeof (Group));
  g_autofree guint *depth = g_new0 (guint, MAX (n_layers, 1));
  guint n_named = 0;
  gboolean any_group = FALSE;

  choose_depths (n_layers, parts, count_shared_parts (n_layers, parts), depth);
  for (int l = 0; l < n_layers; l++)
    {
      gboolean grouped = parts[l][depth[l] + 1] != NULL;

      any_group |= grouped;
      leaves[l] = g_strjoinv (".", parts[l] + depth[l] + (grouped ? 1 : 0));
    }
  for (int l = 0; l < n_layers; l++)
    {
      add_label (labels, leaves[l], x[l], right[l], 0, l, l, l > 0 ? leaves[l - 1] : NULL,
                 leaves[l + 1], style);
      if (labels->len > n_named && text_width (leaves[l], style) <= right[l] - x[l])
        n_named++;
    }

  /* Without the row of layers a layer of its own counts as a group. */
  gboolean only_groups = any_group && n_named < ENOUGH * n_layers;
  int row = only_groups ? 0 : 1;

  if (only_groups)
    g_ptr_array_set_size (labels, 0);
  for (int first = 0, last; any_group && first < n_layers; first = last + 1)
    {
      for (last = first;
           last + 1 < n_layers
           && same_group (parts[first], depth[first], parts[last + 1], depth[last + 1]);)
        last++;
      if (only_groups || parts[first][depth[first] + 1] != NULL)
        {
          Group group = { parts[first][depth[first]], first, last };

          g_array_append_val (groups, group);
        }
    }
  add_groups (labels, groups, x, right, row, style);

  *n_rows = labels->len == 0 ? 0 : 1;
  for (guint i = 0; i < labels->len; i++)
    if (((FlLayerLabel *) labels->pdata[i])->row == 1)
      *n_rows = 2;
  for (int l = 0; l < n_layers; l++)
    g_strfreev (parts[l]);
  return labels;
}
