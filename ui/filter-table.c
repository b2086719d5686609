#include "ui/filter-table.h"

#include "ui/filter-text.h"

#include <string.h>

struct _FlFilterTable
{
  GtkWidget parent_instance;

  GtkWidget *scroller;
  GtkWidget *view;
  FlFilterList *list;                                          /* owned */
  GtkColumnViewColumn *columns[FL_FILTER_COLUMN_SALIENCY + 1]; /* borrowed from the view */
  GListStore *probes; /* owned: two items, see on_sorted() */
  int probed_column;
  gboolean selecting; /* the selection changes by fl_filter_table_set_selected() */
};

G_DEFINE_FINAL_TYPE (FlFilterTable, fl_filter_table, GTK_TYPE_WIDGET)

enum
{
  FILTER_SELECTED,
  FILTER_TOGGLED,
  MARKED_TOGGLED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const struct
{
  const char *name;
  const char *title;
  gboolean numeric;
} columns[] = {
  [FL_FILTER_COLUMN_OFF] = { "on", "On", FALSE },
  [FL_FILTER_COLUMN_RANK] = { "rank", "Rank", TRUE },
  [FL_FILTER_COLUMN_LAYER] = { "layer", "Layer", FALSE },
  [FL_FILTER_COLUMN_FILTER] = { "filter", "Filter", TRUE },
  [FL_FILTER_COLUMN_SALIENCY] = { "saliency", "Saliency", TRUE },
};

static void
toggle_marked (FlFilterTable *self)
{
  int n_marked;
  g_autofree int *marked = fl_filter_list_get_marked (self->list, &n_marked);

  if (n_marked == 1)
    g_signal_emit (self, signals[FILTER_TOGGLED], 0, marked[0]);
  else if (n_marked > 1)
    g_signal_emit (self, signals[MARKED_TOGGLED], 0);
}

/* The switch asks; it follows the item once the filter is off or on indeed. */
static gboolean
on_switch_state_set (GtkSwitch *toggle, gboolean state, GtkListItem *cell)
{
  FlFilterItem *item = gtk_list_item_get_item (cell);
  GtkWidget *table = gtk_widget_get_ancestor (GTK_WIDGET (toggle), FL_TYPE_FILTER_TABLE);

  if (item != NULL && table != NULL && fl_filter_item_get_off (item) == state)
    {
      FlFilterTable *self = FL_FILTER_TABLE (table);
      int filter = fl_filter_item_get_filter (item);

      fl_filter_list_set_selected (self->list, filter);
      g_signal_emit (self, signals[FILTER_TOGGLED], 0, filter);
    }
  return GDK_EVENT_STOP;
}

static void
show_off (GtkListItem *cell)
{
  GtkSwitch *toggle = GTK_SWITCH (gtk_list_item_get_child (cell));
  FlFilterItem *item = gtk_list_item_get_item (cell);

  g_signal_handlers_block_by_func (toggle, on_switch_state_set, cell);
  gtk_switch_set_active (toggle, !fl_filter_item_get_off (item));
  gtk_switch_set_state (toggle, !fl_filter_item_get_off (item));
  g_signal_handlers_unblock_by_func (toggle, on_switch_state_set, cell);
}

static void
on_setup_switch (GtkSignalListItemFactory *factory, GtkListItem *cell)
{
  GtkWidget *toggle = gtk_switch_new ();

  gtk_widget_set_valign (toggle, GTK_ALIGN_CENTER);
  gtk_widget_set_halign (toggle, GTK_ALIGN_START);
  gtk_widget_set_tooltip_text (toggle, "Switch this filter off or on");
  /* The row takes the keyboard; a switch that does too is one more stop of Tab in every row. */
  gtk_widget_set_can_focus (toggle, FALSE);
  g_signal_connect (toggle, "state-set", G_CALLBACK (on_switch_state_set), cell);
  gtk_list_item_set_child (cell, toggle);
}

static void
on_bind_switch (GtkSignalListItemFactory *factory, GtkListItem *cell, FlFilterTable *self)
{
  FlFilterItem *item = gtk_list_item_get_item (cell);
  g_autofree char *name = fl_filter_catalogue_name (fl_filter_list_get_catalogue (self->list),
                                                    fl_filter_item_get_filter (item));

  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_list_item_get_child (cell)),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_swapped (item, "notify::off", G_CALLBACK (show_off), cell);
  show_off (cell);
}

static void
on_unbind_switch (GtkSignalListItemFactory *factory, GtkListItem *cell)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (cell), show_off, cell);
}

static void
on_setup_text (GtkSignalListItemFactory *factory, GtkListItem *cell, gpointer data)
{
  FlFilterColumn column = GPOINTER_TO_INT (data);
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), columns[column].numeric ? 1.0f : 0.0f);
  if (columns[column].numeric)
    gtk_widget_add_css_class (label, "numeric");
  else
    gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_list_item_set_child (cell, label);
}

static void
on_bind_text (GtkSignalListItemFactory *factory, GtkListItem *cell, gpointer data)
{
  FlFilterColumn column = GPOINTER_TO_INT (data);
  GtkWidget *label = gtk_list_item_get_child (cell);
  FlFilterTable *self = g_object_get_data (G_OBJECT (factory), "table");
  FlFilterCatalogue *catalogue = fl_filter_list_get_catalogue (self->list);
  FlProfile *profile = fl_filter_list_get_profile (self->list);
  int filter = fl_filter_item_get_filter (gtk_list_item_get_item (cell));
  g_autofree char *text = NULL;

  switch (column)
    {
    case FL_FILTER_COLUMN_RANK:
      text = g_strdup_printf ("%d", profile->rank[filter]);
      break;
    case FL_FILTER_COLUMN_LAYER:
      text = g_strdup (fl_filter_catalogue_layer_name (catalogue, filter));
      break;
    case FL_FILTER_COLUMN_FILTER:
      text = g_strdup_printf ("%d", fl_filter_catalogue_channel (catalogue, filter));
      break;
    case FL_FILTER_COLUMN_SALIENCY:
      text = fl_value_text (profile->saliency[filter]);
      break;
    case FL_FILTER_COLUMN_OFF:
    default:
      g_assert_not_reached ();
    }
  gtk_label_set_text (GTK_LABEL (label), text);
}

/* Asked of the two probes only: the rows themselves are sorted by the list. */
static int
compare_probes (gconstpointer a, gconstpointer b, gpointer data)
{
  GtkColumnViewColumn *column = data;
  FlFilterTable *self = g_object_get_data (G_OBJECT (column), "table");

  for (guint c = 0; c < G_N_ELEMENTS (columns); c++)
    if (self->columns[c] == column)
      self->probed_column = (int) c;
  return -1;
}

/*
 * GTK 4.8 does not tell which header was clicked. The view's sorter asks the sorter of the leading
 * column first and turns its answer round where the arrow points down: comparing two probes, each
 * column saying "less", tells both.
 */
static void
on_sorted (FlFilterTable *self)
{
  g_autoptr (GObject) first = g_list_model_get_item (G_LIST_MODEL (self->probes), 0);
  g_autoptr (GObject) second = g_list_model_get_item (G_LIST_MODEL (self->probes), 1);
  GtkSorter *sorter = gtk_column_view_get_sorter (GTK_COLUMN_VIEW (self->view));

  self->probed_column = FL_FILTER_COLUMN_RANK;

  GtkOrdering ordering = gtk_sorter_compare (sorter, first, second);

  fl_filter_list_sort (self->list, (FlFilterColumn) self->probed_column,
                       ordering == GTK_ORDERING_LARGER);
  if (g_list_model_get_n_items (G_LIST_MODEL (self->list)) > 0)
    gtk_widget_activate_action (gtk_widget_get_last_child (self->view), "list.scroll-to-item", "u",
                                0u);
}

static void
on_selection_changed (FlFilterTable *self)
{
  if (!self->selecting)
    g_signal_emit (self, signals[FILTER_SELECTED], 0, fl_filter_list_get_selected (self->list));
}

static void
leave (FlFilterTable *self, GtkDirectionType direction)
{
  GtkWidget *root = GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self)));

  if (root == NULL)
    return;
  gtk_widget_set_can_focus (self->scroller, FALSE);
  gtk_widget_child_focus (root, direction);
  gtk_widget_set_can_focus (self->scroller, TRUE);
}

/* The widget of a column's header. */
static GtkWidget *
header_of (FlFilterTable *self, int column)
{
  GtkWidget *title = gtk_widget_get_first_child (gtk_widget_get_first_child (self->view));

  while (column-- > 0 && title != NULL)
    title = gtk_widget_get_next_sibling (title);
  return title;
}

/* The column whose header has the keyboard, -1 for none. */
static int
focused_header (FlFilterTable *self)
{
  for (guint c = 0; c < G_N_ELEMENTS (columns); c++)
    if (gtk_widget_has_focus (header_of (self, (int) c)))
      return (int) c;
  return -1;
}

gboolean
fl_filter_table_focus_rows (FlFilterTable *self)
{
  GtkWidget *rows = gtk_widget_get_last_child (self->view);
  int position;

  g_return_val_if_fail (FL_IS_FILTER_TABLE (self), FALSE);

  if (g_list_model_get_n_items (G_LIST_MODEL (self->list)) == 0)
    return FALSE;
  position = fl_filter_list_get_position (self->list, fl_filter_list_get_selected (self->list));
  if (position >= 0)
    gtk_widget_activate_action (rows, "list.scroll-to-item", "u", (guint) position);
  return gtk_widget_child_focus (rows, GTK_DIR_TAB_FORWARD);
}

static void
sort_by (FlFilterTable *self, FlFilterColumn column)
{
  g_autoptr (GObject) first = g_list_model_get_item (G_LIST_MODEL (self->probes), 0);
  g_autoptr (GObject) second = g_list_model_get_item (G_LIST_MODEL (self->probes), 1);
  GtkSorter *sorter = gtk_column_view_get_sorter (GTK_COLUMN_VIEW (self->view));
  FlFilterColumn before = (FlFilterColumn) self->probed_column;
  gboolean ascending = gtk_sorter_compare (sorter, first, second) != GTK_ORDERING_LARGER;

  gtk_column_view_sort_by_column (GTK_COLUMN_VIEW (self->view), self->columns[column],
                                  before == column && ascending ? GTK_SORT_DESCENDING
                                                                : GTK_SORT_ASCENDING);
}

/* The headers are one stop of Tab. */
static gboolean
on_header_key (FlFilterTable *self, int column, guint key, gboolean backward)
{
  gboolean mirrored = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  int next = column;

  switch (key)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      next += mirrored ? 1 : -1;
      break;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      next += mirrored ? -1 : 1;
      break;
    case GDK_KEY_Home:
      next = 0;
      break;
    case GDK_KEY_End:
      next = G_N_ELEMENTS (columns) - 1;
      break;
    case GDK_KEY_space:
    case GDK_KEY_KP_Space:
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
      sort_by (self, (FlFilterColumn) column);
      break;
    case GDK_KEY_Tab:
    case GDK_KEY_KP_Tab:
    case GDK_KEY_ISO_Left_Tab:
      if (backward)
        leave (self, GTK_DIR_TAB_BACKWARD);
      else
        fl_filter_table_focus_rows (self);
      return GDK_EVENT_STOP;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      fl_filter_table_focus_rows (self);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
  gtk_widget_grab_focus (header_of (self, CLAMP (next, 0, (int) G_N_ELEMENTS (columns) - 1)));
  return GDK_EVENT_STOP;
}

static gboolean
on_key_pressed (FlFilterTable *self, guint key, guint code, GdkModifierType state)
{
  int header = focused_header (self);
  gboolean backward = (state & GDK_SHIFT_MASK) != 0 || key == GDK_KEY_ISO_Left_Tab;

  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  if (header >= 0)
    return on_header_key (self, header, key, backward);
  switch (key)
    {
    case GDK_KEY_space:
    case GDK_KEY_KP_Space:
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
      toggle_marked (self);
      return GDK_EVENT_STOP;
    case GDK_KEY_Tab:
    case GDK_KEY_KP_Tab:
    case GDK_KEY_ISO_Left_Tab:
      if (backward)
        gtk_widget_grab_focus (header_of (self, self->probed_column));
      else
        leave (self, GTK_DIR_TAB_FORWARD);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

/* Forward the headers come first, at the one that the rows are sorted by; then the rows. */
static gboolean
fl_filter_table_focus (GtkWidget *widget, GtkDirectionType direction)
{
  FlFilterTable *self = FL_FILTER_TABLE (widget);

  if (g_list_model_get_n_items (G_LIST_MODEL (self->list)) == 0)
    return FALSE;
  if (gtk_widget_get_focus_child (widget) != NULL)
    return GTK_WIDGET_CLASS (fl_filter_table_parent_class)->focus (widget, direction);
  if (!gtk_widget_get_can_focus (self->scroller))
    return FALSE;
  return direction == GTK_DIR_TAB_FORWARD
             ? gtk_widget_grab_focus (header_of (self, self->probed_column))
             : fl_filter_table_focus_rows (self);
}

static void
sort_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FlFilterTable *self = FL_FILTER_TABLE (widget);
  const char *wanted = g_variant_get_string (parameter, NULL);

  for (guint c = 0; c < G_N_ELEMENTS (columns); c++)
    if (strcmp (columns[c].name, wanted) == 0)
      sort_by (self, (FlFilterColumn) c);
}

static void
fl_filter_table_dispose (GObject *object)
{
  FlFilterTable *self = FL_FILTER_TABLE (object);

  if (self->list != NULL)
    g_signal_handlers_disconnect_by_data (self->list, self);
  if (self->view != NULL)
    g_signal_handlers_disconnect_by_data (gtk_column_view_get_sorter (GTK_COLUMN_VIEW (self->view)),
                                          self);
  self->view = NULL;
  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  g_clear_object (&self->list);
  g_clear_object (&self->probes);
  G_OBJECT_CLASS (fl_filter_table_parent_class)->dispose (object);
}

static void
fl_filter_table_class_init (FlFilterTableClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fl_filter_table_dispose;
  widget_class->focus = fl_filter_table_focus;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "filtertable");
  gtk_widget_class_install_action (widget_class, "table.sort", "s", sort_action);

  signals[FILTER_SELECTED]
      = g_signal_new ("filter-selected", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[FILTER_TOGGLED]
      = g_signal_new ("filter-toggled", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[MARKED_TOGGLED] = g_signal_new ("marked-toggled", G_TYPE_FROM_CLASS (class),
                                          G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static GtkColumnViewColumn *
add_column (FlFilterTable *self, FlFilterColumn column)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkColumnViewColumn *made;

  g_object_set_data (G_OBJECT (factory), "table", self);
  if (column == FL_FILTER_COLUMN_OFF)
    {
      g_signal_connect (factory, "setup", G_CALLBACK (on_setup_switch), NULL);
      g_signal_connect (factory, "bind", G_CALLBACK (on_bind_switch), self);
      g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind_switch), NULL);
    }
  else
    {
      g_signal_connect (factory, "setup", G_CALLBACK (on_setup_text), GINT_TO_POINTER (column));
      g_signal_connect (factory, "bind", G_CALLBACK (on_bind_text), GINT_TO_POINTER (column));
    }
  made = gtk_column_view_column_new (columns[column].title, factory);
  g_object_set_data (G_OBJECT (made), "table", self);

  g_autoptr (GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (compare_probes, made, NULL));

  gtk_column_view_column_set_sorter (made, sorter);
  gtk_column_view_column_set_expand (made, column == FL_FILTER_COLUMN_LAYER);
  gtk_column_view_append_column (GTK_COLUMN_VIEW (self->view), made);
  /* The view holds it from here on. */
  g_object_unref (made);
  return made;
}

static void
fl_filter_table_init (FlFilterTable *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->list = fl_filter_list_new ();
  self->probes = g_list_store_new (FL_TYPE_FILTER_ITEM);
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (GObject) probe = g_object_new (FL_TYPE_FILTER_ITEM, NULL);

      g_list_store_append (self->probes, probe);
    }

  self->view = gtk_column_view_new (g_object_ref (GTK_SELECTION_MODEL (self->list)));
  gtk_widget_add_css_class (self->view, "data-table");
  for (guint c = 0; c < G_N_ELEMENTS (columns); c++)
    self->columns[c] = add_column (self, (FlFilterColumn) c);
  g_signal_connect_swapped (gtk_column_view_get_sorter (GTK_COLUMN_VIEW (self->view)), "changed",
                            G_CALLBACK (on_sorted), self);
  gtk_column_view_sort_by_column (GTK_COLUMN_VIEW (self->view),
                                  self->columns[FL_FILTER_COLUMN_RANK], GTK_SORT_ASCENDING);
  g_signal_connect_swapped (self->list, "selection-changed", G_CALLBACK (on_selection_changed),
                            self);
  gtk_widget_set_can_focus (gtk_widget_get_first_child (self->view), TRUE);
  for (guint c = 0; c < G_N_ELEMENTS (columns); c++)
    {
      gtk_widget_set_focusable (header_of (self, (int) c), TRUE);
      gtk_accessible_update_property (
          GTK_ACCESSIBLE (header_of (self, (int) c)), GTK_ACCESSIBLE_PROPERTY_LABEL,
          columns[c].title, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "Space sorts by this column", -1);
    }
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (self->view, keys);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  "Filters", -1);

  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_AUTOMATIC,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), self->view);
  gtk_widget_set_parent (self->scroller, GTK_WIDGET (self));
}

GtkWidget *
fl_filter_table_new (void)
{
  return g_object_new (FL_TYPE_FILTER_TABLE, NULL);
}

void
fl_filter_table_set_data (FlFilterTable *self, FlFilterCatalogue *catalogue, FlProfile *profile)
{
  g_return_if_fail (FL_IS_FILTER_TABLE (self));

  self->selecting = TRUE;
  fl_filter_list_set_data (self->list, catalogue, profile);
  self->selecting = FALSE;
}

void
fl_filter_table_set_off (FlFilterTable *self, const guint8 *off)
{
  g_return_if_fail (FL_IS_FILTER_TABLE (self));

  fl_filter_list_set_off (self->list, off);
}

void
fl_filter_table_set_selected (FlFilterTable *self, int filter)
{
  g_return_if_fail (FL_IS_FILTER_TABLE (self));

  if (fl_filter_list_get_selected (self->list) == filter)
    return;
  self->selecting = TRUE;
  fl_filter_list_set_selected (self->list, filter);
  self->selecting = FALSE;

  int position = fl_filter_list_get_position (self->list, filter);

  if (position >= 0)
    gtk_widget_activate_action (gtk_widget_get_last_child (self->view), "list.scroll-to-item", "u",
                                (guint) position);
}

void
fl_filter_table_search (FlFilterTable *self, const char *text)
{
  g_return_if_fail (FL_IS_FILTER_TABLE (self));

  self->selecting = TRUE;
  fl_filter_list_search (self->list, text);
  self->selecting = FALSE;
  if (g_list_model_get_n_items (G_LIST_MODEL (self->list)) > 0)
    gtk_widget_activate_action (gtk_widget_get_last_child (self->view), "list.scroll-to-item", "u",
                                0u);
}

FlFilterList *
fl_filter_table_get_list (FlFilterTable *self)
{
  g_return_val_if_fail (FL_IS_FILTER_TABLE (self), NULL);

  return self->list;
}
