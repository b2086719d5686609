#include "ui/filter-list.h"

#include <string.h>

struct _FlFilterItem
{
  GObject parent_instance;

  FlFilterList *list; /* borrowed; NULL once the list has other data or is gone */
  int filter;
  gboolean off;
};

struct _FlFilterList
{
  GObject parent_instance;

  FlFilterCatalogue *catalogue; /* owned, nullable */
  FlProfile *profile;           /* owned, nullable */
  guint8 *off;                  /* owned, for each filter */
  guint8 *marked;               /* owned, for each filter: whether its row is among the selected */
  int *order;                   /* owned: the filter in each row */
  int *position;                /* owned: the row of each filter, -1 where it has none */
  int n_rows;
  char *search; /* owned: lower case */
  int selected;
  FlFilterColumn column;
  gboolean descending;
  GHashTable *items; /* owned: filter -> FlFilterItem that is alive, borrowed */
};

static void fl_filter_list_model_init (GListModelInterface *iface);
static void fl_filter_list_selection_init (GtkSelectionModelInterface *iface);

G_DEFINE_FINAL_TYPE (FlFilterItem, fl_filter_item, G_TYPE_OBJECT)
G_DEFINE_FINAL_TYPE_WITH_CODE (FlFilterList, fl_filter_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, fl_filter_list_model_init)
                                   G_IMPLEMENT_INTERFACE (GTK_TYPE_SELECTION_MODEL,
                                                          fl_filter_list_selection_init))

enum
{
  PROP_0,
  PROP_OFF,
  N_PROPERTIES
};

static GParamSpec *item_properties[N_PROPERTIES];

static void
fl_filter_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  if (id == PROP_OFF)
    g_value_set_boolean (value, FL_FILTER_ITEM (object)->off);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
fl_filter_item_dispose (GObject *object)
{
  FlFilterItem *self = FL_FILTER_ITEM (object);

  if (self->list != NULL)
    g_hash_table_remove (self->list->items, GINT_TO_POINTER (self->filter));
  self->list = NULL;
  G_OBJECT_CLASS (fl_filter_item_parent_class)->dispose (object);
}

static void
fl_filter_item_class_init (FlFilterItemClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->get_property = fl_filter_item_get_property;
  object_class->dispose = fl_filter_item_dispose;
  item_properties[PROP_OFF]
      = g_param_spec_boolean ("off", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, item_properties);
}

static void
fl_filter_item_init (FlFilterItem *self)
{
}

int
fl_filter_item_get_filter (FlFilterItem *self)
{
  return self->filter;
}

gboolean
fl_filter_item_get_off (FlFilterItem *self)
{
  return self->off;
}

static int
n_filters (FlFilterList *self)
{
  return self->catalogue == NULL ? 0 : self->catalogue->n_filters;
}

static guint
n_rows (FlFilterList *self)
{
  return (guint) self->n_rows;
}

static GType
get_item_type (GListModel *model)
{
  return FL_TYPE_FILTER_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return n_rows (FL_FILTER_LIST (model));
}

static gpointer
get_item (GListModel *model, guint position)
{
  FlFilterList *self = FL_FILTER_LIST (model);

  if (position >= n_rows (self))
    return NULL;

  int filter = self->order[position];
  FlFilterItem *item = g_hash_table_lookup (self->items, GINT_TO_POINTER (filter));

  if (item != NULL)
    return g_object_ref (item);
  item = g_object_new (FL_TYPE_FILTER_ITEM, NULL);
  item->list = self;
  item->filter = filter;
  item->off = self->off[filter];
  g_hash_table_insert (self->items, GINT_TO_POINTER (filter), item);
  return item;
}

static void
fl_filter_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static gboolean
is_selected (GtkSelectionModel *model, guint position)
{
  FlFilterList *self = FL_FILTER_LIST (model);

  return position < n_rows (self) && self->marked[self->order[position]];
}

static GtkBitset *
get_selection_in_range (GtkSelectionModel *model, guint position, guint n_items)
{
  FlFilterList *self = FL_FILTER_LIST (model);
  GtkBitset *set = gtk_bitset_new_empty ();

  for (guint i = position; i < n_rows (self) && i - position < n_items; i++)
    if (self->marked[self->order[i]])
      gtk_bitset_add (set, i);
  return set;
}

/* Among rows that are marked, the one farthest from (or nearest to) where the selection was: what
 * was clicked, or what the keyboard has come to. */
static int
choose_selected (FlFilterList *self, const guint8 *before, gboolean farthest)
{
  int from = self->selected < 0 ? 0 : MAX (0, self->position[self->selected]);
  int chosen = -1;

  for (int i = 0; i < self->n_rows; i++)
    {
      int filter = self->order[i];

      if (!self->marked[filter] || (before != NULL && before[filter]))
        continue;
      if (chosen < 0 || farthest == (ABS (i - from) > ABS (self->position[chosen] - from)))
        chosen = filter;
    }
  return chosen;
}

/* All other ways of GtkSelectionModel to select and unselect end here. */
static gboolean
set_selection (GtkSelectionModel *model, GtkBitset *selected, GtkBitset *mask)
{
  FlFilterList *self = FL_FILTER_LIST (model);
  g_autofree guint8 *before = g_memdup2 (self->marked, (gsize) n_filters (self));
  gboolean changed = FALSE;

  for (int i = 0; i < self->n_rows; i++)
    if (gtk_bitset_contains (mask, (guint) i))
      {
        guint8 mark = gtk_bitset_contains (selected, (guint) i);

        changed = changed || mark != self->marked[self->order[i]];
        self->marked[self->order[i]] = mark;
      }
  if (!changed)
    return TRUE;

  int added = choose_selected (self, before, TRUE);

  if (added >= 0)
    self->selected = added;
  else if (self->selected < 0 || !self->marked[self->selected])
    self->selected = choose_selected (self, NULL, FALSE);
  gtk_selection_model_selection_changed (model, 0, n_rows (self));
  return TRUE;
}

static void
fl_filter_list_selection_init (GtkSelectionModelInterface *iface)
{
  iface->is_selected = is_selected;
  iface->get_selection_in_range = get_selection_in_range;
  iface->set_selection = set_selection;
}

/* Items outlive what they stood for only as long as a row still holds them. */
static void
forget_items (FlFilterList *self)
{
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, self->items);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    FL_FILTER_ITEM (item)->list = NULL;
  g_hash_table_remove_all (self->items);
}

static void
fl_filter_list_finalize (GObject *object)
{
  FlFilterList *self = FL_FILTER_LIST (object);

  forget_items (self);
  g_hash_table_unref (self->items);
  g_clear_pointer (&self->catalogue, fl_filter_catalogue_unref);
  g_clear_pointer (&self->profile, fl_profile_unref);
  g_free (self->off);
  g_free (self->marked);
  g_free (self->search);
  g_free (self->order);
  g_free (self->position);
  G_OBJECT_CLASS (fl_filter_list_parent_class)->finalize (object);
}

static void
fl_filter_list_class_init (FlFilterListClass *class)
{
  G_OBJECT_CLASS (class)->finalize = fl_filter_list_finalize;
}

static void
fl_filter_list_init (FlFilterList *self)
{
  self->items = g_hash_table_new (NULL, NULL);
  self->selected = -1;
  self->search = g_strdup ("");
  self->column = FL_FILTER_COLUMN_RANK;
}

FlFilterList *
fl_filter_list_new (void)
{
  return g_object_new (FL_TYPE_FILTER_LIST, NULL);
}

/* Negative where filter a stands before b in the column's ascending order, 0 for a tie. */
static int
compare_in_column (FlFilterList *self, int a, int b)
{
  switch (self->column)
    {
    case FL_FILTER_COLUMN_OFF:
      return self->off[a] - self->off[b];
    case FL_FILTER_COLUMN_LAYER:
      return self->catalogue->layer[a] - self->catalogue->layer[b];
    case FL_FILTER_COLUMN_FILTER:
      return fl_filter_catalogue_channel (self->catalogue, a)
             - fl_filter_catalogue_channel (self->catalogue, b);
    case FL_FILTER_COLUMN_SALIENCY:
      return (self->profile->saliency[a] > self->profile->saliency[b])
             - (self->profile->saliency[a] < self->profile->saliency[b]);
    case FL_FILTER_COLUMN_RANK:
    default:
      return self->profile->rank[a] - self->profile->rank[b];
    }
}

static int
compare (gconstpointer a, gconstpointer b, gpointer data)
{
  FlFilterList *self = data;
  int first = *(const int *) a, second = *(const int *) b;
  int result = compare_in_column (self, first, second);

  if (result != 0)
    return self->descending ? -result : result;
  return self->profile->rank[first] - self->profile->rank[second];
}

/* What is searched for: a part of the name of a layer, and perhaps the number of a filter. */
typedef struct
{
  const char *whole;
  char *layer; /* owned: before the last colon; NULL where no number follows */
  guint64 channel;
} Search;

static void
search_clear (Search *search)
{
  g_free (search->layer);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Search, search_clear)

static void
search_init (Search *search, const char *text)
{
  const char *colon = strrchr (text, ':');
  g_autofree char *number = colon == NULL ? NULL : g_strstrip (g_strdup (colon + 1));

  *search = (Search){ .whole = text };
  if (number != NULL
      && g_ascii_string_to_unsigned (number, 10, 0, G_MAXINT, &search->channel, NULL))
    search->layer = g_strchomp (g_strndup (text, (gsize) (colon - text)));
}

/* The rows in their order; filters that are not searched for have none. */
static void
arrange (FlFilterList *self)
{
  g_autofree guint8 *matches = g_new0 (guint8, self->catalogue->n_layers + 1);
  g_auto (Search) search = { 0 };

  search_init (&search, self->search);
  for (int l = 0; l < self->catalogue->n_layers; l++)
    {
      g_autofree char *name = g_utf8_strdown (self->catalogue->layer_names[l], -1);

      matches[l] = strstr (name, search.whole) != NULL                           ? 1
                   : search.layer != NULL && strstr (name, search.layer) != NULL ? 2
                                                                                 : 0;
    }
  self->n_rows = 0;
  /* Beginning with the order by rank leaves little to do for the usual columns. */
  for (int r = 0; r < self->catalogue->n_filters; r++)
    {
      int filter = self->profile->order[r];
      int match = matches[self->catalogue->layer[filter]];

      self->position[filter] = -1;
      if (match == 1
          || (match == 2
              && (guint64) fl_filter_catalogue_channel (self->catalogue, filter) == search.channel))
        self->order[self->n_rows++] = filter;
      else
        self->marked[filter] = 0;
    }
  g_qsort_with_data (self->order, self->n_rows, sizeof (int), compare, self);
  for (int i = 0; i < self->n_rows; i++)
    self->position[self->order[i]] = i;
}

void
fl_filter_list_set_data (FlFilterList *self, FlFilterCatalogue *catalogue, FlProfile *profile)
{
  g_return_if_fail (FL_IS_FILTER_LIST (self));
  g_return_if_fail ((catalogue == NULL) == (profile == NULL));
  g_return_if_fail (catalogue == NULL || catalogue->n_filters == profile->n_filters);

  guint before = n_rows (self);

  if (catalogue != NULL)
    fl_filter_catalogue_ref (catalogue);
  if (profile != NULL)
    fl_profile_ref (profile);
  forget_items (self);
  if (catalogue != self->catalogue)
    {
      int n = catalogue == NULL ? 0 : catalogue->n_filters;

      self->off = (g_free (self->off), g_new0 (guint8, n + 1));
      self->marked = (g_free (self->marked), g_new0 (guint8, n + 1));
      self->order = (g_free (self->order), g_new0 (int, n + 1));
      self->position = (g_free (self->position), g_new0 (int, n + 1));
      self->selected = -1;
    }
  g_clear_pointer (&self->catalogue, fl_filter_catalogue_unref);
  g_clear_pointer (&self->profile, fl_profile_unref);
  self->catalogue = catalogue;
  self->profile = profile;
  self->n_rows = 0;
  if (catalogue != NULL)
    arrange (self);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, before, n_rows (self));
}

FlFilterCatalogue *
fl_filter_list_get_catalogue (FlFilterList *self)
{
  return self->catalogue;
}

FlProfile *
fl_filter_list_get_profile (FlFilterList *self)
{
  return self->profile;
}

void
fl_filter_list_sort (FlFilterList *self, FlFilterColumn column, gboolean descending)
{
  g_return_if_fail (FL_IS_FILTER_LIST (self));

  self->column = column;
  self->descending = descending;
  if (self->catalogue == NULL)
    return;
  arrange (self);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, n_rows (self), n_rows (self));
}

void
fl_filter_list_search (FlFilterList *self, const char *text)
{
  g_return_if_fail (FL_IS_FILTER_LIST (self) && text != NULL);

  guint before = n_rows (self);

  g_free (self->search);
  self->search = g_strstrip (g_utf8_strdown (text, -1));
  if (self->catalogue == NULL)
    return;
  arrange (self);
  if (self->selected >= 0 && self->position[self->selected] >= 0)
    self->marked[self->selected] = 1;
  g_list_model_items_changed (G_LIST_MODEL (self), 0, before, n_rows (self));
}

void
fl_filter_list_set_off (FlFilterList *self, const guint8 *off)
{
  GHashTableIter iter;
  gpointer value;
  g_autoptr (GPtrArray) changed = g_ptr_array_new_with_free_func (g_object_unref);

  g_return_if_fail (FL_IS_FILTER_LIST (self));

  if (self->catalogue == NULL)
    return;
  memcpy (self->off, off, (gsize) n_filters (self));
  g_hash_table_iter_init (&iter, self->items);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (FL_FILTER_ITEM (value)->off != off[FL_FILTER_ITEM (value)->filter])
      g_ptr_array_add (changed, g_object_ref (value));
  for (guint i = 0; i < changed->len; i++)
    {
      FlFilterItem *item = changed->pdata[i];

      item->off = off[item->filter];
      g_object_notify_by_pspec (G_OBJECT (item), item_properties[PROP_OFF]);
    }
}

int
fl_filter_list_get_filter (FlFilterList *self, guint position)
{
  g_return_val_if_fail (FL_IS_FILTER_LIST (self), -1);

  return position < n_rows (self) ? self->order[position] : -1;
}

int
fl_filter_list_get_position (FlFilterList *self, int filter)
{
  g_return_val_if_fail (FL_IS_FILTER_LIST (self), -1);

  return filter >= 0 && filter < n_filters (self) ? self->position[filter] : -1;
}

int *
fl_filter_list_get_marked (FlFilterList *self, int *n_marked)
{
  int *filters;
  int n = 0;

  g_return_val_if_fail (FL_IS_FILTER_LIST (self) && n_marked != NULL, NULL);

  filters = g_new0 (int, self->n_rows + 1);
  for (int i = 0; i < self->n_rows; i++)
    if (self->marked[self->order[i]])
      filters[n++] = self->order[i];
  *n_marked = n;
  return filters;
}

int
fl_filter_list_get_selected (FlFilterList *self)
{
  g_return_val_if_fail (FL_IS_FILTER_LIST (self), -1);

  return self->selected;
}

void
fl_filter_list_set_selected (FlFilterList *self, int filter)
{
  g_return_if_fail (FL_IS_FILTER_LIST (self));

  int before = self->selected, n_marked;
  g_autofree int *marked = fl_filter_list_get_marked (self, &n_marked);

  if (filter < 0 || filter >= n_filters (self))
    filter = -1;
  if (before == filter && n_marked <= 1)
    return;
  for (int i = 0; i < n_marked; i++)
    self->marked[marked[i]] = 0;
  self->selected = filter;

  int first = n_marked > 0 ? self->position[marked[0]] : G_MAXINT;
  int last = n_marked > 0 ? self->position[marked[n_marked - 1]] : -1;

  if (filter >= 0 && self->position[filter] >= 0)
    {
      self->marked[filter] = 1;
      first = MIN (first, self->position[filter]);
      last = MAX (last, self->position[filter]);
    }
  /* What changes where no row is seen to change is still the selected filter. */
  if (last < 0)
    first = last = 0;
  if (self->n_rows > 0)
    gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), (guint) first,
                                           (guint) (last - first) + 1);
}
