#include "app/filter-panel.h"

#include <string.h>

#include "app/command-text.h"
#include "app/filter-export.h"
#include "ui/filter-table.h"

struct _FlFilterPanel
{
  AdwBin parent_instance;

  FlSession *session; /* owned */

  GtkLabel *subtitle;
  FlFilterTable *table;
  GtkSpinButton *top_spin;
  GtkAdjustment *top_adjustment;
  GtkPopover *more_popover;
  GtkSpinButton *random_spin;
  GtkAdjustment *random_adjustment;
  GtkSpinButton *seed_spin;
  GtkAdjustment *seed_adjustment;
  GtkLabel *layer_label;
  GtkMenuButton *mode_button;
  GtkEditable *search_entry;
  GtkNativeDialog *dialog; /* owned, nullable: where to save */
};

G_DEFINE_FINAL_TYPE (FlFilterPanel, fl_filter_panel, ADW_TYPE_BIN)

/* How many there are, or how many of them are found. */
static void
show_count (FlFilterPanel *self)
{
  FlFilterList *list = fl_filter_table_get_list (self->table);
  FlFilterCatalogue *catalogue = fl_filter_list_get_catalogue (list);
  guint n_shown = g_list_model_get_n_items (G_LIST_MODEL (list));
  int n_marked;
  g_autofree int *marked = fl_filter_list_get_marked (list, &n_marked);
  g_autoptr (GString) text = g_string_new (NULL);

  if (catalogue != NULL && n_shown == (guint) catalogue->n_filters)
    g_string_printf (text, "%d filters in %d layers", catalogue->n_filters, catalogue->n_layers);
  else if (catalogue != NULL)
    g_string_printf (text, "%u of %d filters shown", n_shown, catalogue->n_filters);
  if (n_marked > 1)
    g_string_append_printf (text, " · %d selected", n_marked);
  gtk_label_set_text (self->subtitle, text->str);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->subtitle), text->str);
}

static void
show_selection (FlFilterPanel *self)
{
  FlFilterCatalogue *catalogue = fl_session_get_catalogue (self->session);
  int filter = fl_session_get_selected (self->session);
  gboolean there = fl_session_get_profile (self->session) != NULL && catalogue != NULL
                   && filter >= 0 && filter < catalogue->n_filters;
  g_autofree char *text = NULL;

  fl_filter_table_set_selected (self->table, filter);
  if (there)
    text = g_strdup_printf ("Switch Off Layer %s",
                            fl_filter_catalogue_layer_name (catalogue, filter));
  gtk_label_set_text (self->layer_label, there ? text : "Switch Off Layer");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "filters.switch-off-layer", there);
  show_count (self);
}

static void
show_profile (FlFilterPanel *self)
{
  FlProfile *profile = fl_session_get_profile (self->session);
  FlFilterCatalogue *catalogue = profile == NULL ? NULL : fl_session_get_catalogue (self->session);

  fl_filter_table_set_data (self->table, catalogue, profile);
  gtk_widget_set_sensitive (GTK_WIDGET (self), profile != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "filters.invert", profile != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "filters.export", profile != NULL);
  show_count (self);
  if (profile == NULL)
    return;
  gtk_adjustment_set_upper (self->top_adjustment, MAX (1, catalogue->n_filters));
  gtk_adjustment_set_upper (self->random_adjustment, MAX (1, catalogue->n_filters));
}

static void
show_filters (FlFilterPanel *self)
{
  const guint8 *off = fl_session_get_off (self->session);

  if (off != NULL && fl_session_get_profile (self->session) != NULL)
    fl_filter_table_set_off (self->table, off);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "filters.copy-command",
                                 fl_session_get_n_off (self->session) > 0
                                     && fl_session_get_picture_path (self->session) != NULL);
  gtk_menu_button_set_label (self->mode_button,
                             fl_session_get_mode (self->session) == FL_EDIT_WEIGHTS
                                 ? "Off: Zero Weights"
                                 : "Off: Silence Channel");
}

/* An old profile stays, dimmed, while a new one takes longer than a moment. */
static void
show_staleness (FlFilterPanel *self)
{
  if (fl_session_profile_is_stale (self->session))
    gtk_widget_add_css_class (GTK_WIDGET (self->table), "stale");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->table), "stale");
}

static void
on_session_changed (FlFilterPanel *self, guint changes)
{
  if (changes & FL_SESSION_PROFILE)
    show_profile (self);
  if (changes & (FL_SESSION_FILTERS | FL_SESSION_PROFILE))
    show_filters (self);
  if (changes & (FL_SESSION_SELECTION | FL_SESSION_PROFILE))
    show_selection (self);
  show_staleness (self);
}

static void
on_filter_selected (FlFilterPanel *self, int filter)
{
  fl_session_set_selected (self->session, filter);
}

static void
on_filter_toggled (FlFilterPanel *self, int filter)
{
  fl_session_toggle (self->session, filter);
}

static void
on_marked_toggled (FlFilterPanel *self)
{
  int n_marked;
  g_autofree int *marked
      = fl_filter_list_get_marked (fl_filter_table_get_list (self->table), &n_marked);

  if (n_marked > 0)
    fl_session_toggle_several (self->session, n_marked, marked);
}

static void
on_top_clicked (FlFilterPanel *self)
{
  gtk_spin_button_update (self->top_spin);
  if (fl_session_get_profile (self->session) != NULL)
    fl_session_switch_off_top (self->session, gtk_spin_button_get_value_as_int (self->top_spin));
}

static void
on_random_clicked (FlFilterPanel *self)
{
  guint32 seed;

  gtk_spin_button_update (self->random_spin);
  gtk_spin_button_update (self->seed_spin);
  seed = (guint32) gtk_spin_button_get_value (self->seed_spin);
  if (fl_session_get_profile (self->session) == NULL)
    return;
  fl_session_switch_off_random (self->session, gtk_spin_button_get_value_as_int (self->random_spin),
                                seed);
  /* The same seed again would choose what is off already. */
  gtk_adjustment_set_value (self->seed_adjustment, seed == G_MAXUINT32 ? 0.0 : seed + 1.0);
}

static void
on_popover_done (FlFilterPanel *self)
{
  gtk_popover_popdown (self->more_popover);
}

static void
on_search_changed (FlFilterPanel *self)
{
  fl_filter_table_search (self->table, gtk_editable_get_text (self->search_entry));
  show_count (self);
}

/* Escape clears the search and goes back to the rows. */
static void
on_search_stopped (FlFilterPanel *self)
{
  gtk_editable_set_text (self->search_entry, "");
  on_search_changed (self);
  fl_filter_table_focus_rows (self->table);
}

static void
on_search_activated (FlFilterPanel *self)
{
  on_search_changed (self);
  fl_filter_table_focus_rows (self->table);
}

static gboolean
on_search_key (FlFilterPanel *self, guint key)
{
  if (key != GDK_KEY_Down && key != GDK_KEY_KP_Down)
    return GDK_EVENT_PROPAGATE;
  on_search_activated (self);
  return GDK_EVENT_STOP;
}

/* Says so that it need not be looked for. */
static void
say (FlFilterPanel *self, const char *text)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_TOAST_OVERLAY);
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (escaped);

  adw_toast_set_timeout (toast, 3);
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
}

static void
copy (FlFilterPanel *self, const char *text)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
}

static char *
rows_text (FlFilterPanel *self, int n, const int *filters)
{
  return fl_filter_export_csv (fl_session_get_catalogue (self->session),
                               fl_session_get_profile (self->session),
                               fl_session_get_off (self->session), n, filters);
}

static void
switch_off_layer_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FlFilterPanel *self = FL_FILTER_PANEL (widget);
  int filter = fl_session_get_selected (self->session);

  if (filter >= 0)
    fl_session_switch_off_layer (self->session, filter);
}

static void
invert_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FlFilterPanel *self = FL_FILTER_PANEL (widget);

  if (fl_session_get_profile (self->session) != NULL)
    fl_session_invert (self->session);
}

static void
copy_rows_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FlFilterPanel *self = FL_FILTER_PANEL (widget);
  int n_marked;
  g_autofree int *marked
      = fl_filter_list_get_marked (fl_filter_table_get_list (self->table), &n_marked);
  g_autofree char *text = NULL;
  g_autofree char *done = NULL;

  if (n_marked == 0 || fl_session_get_profile (self->session) == NULL)
    return;
  text = rows_text (self, n_marked, marked);
  copy (self, text);
  done = n_marked == 1 ? g_strdup ("Copied 1 row") : g_strdup_printf ("Copied %d rows", n_marked);
  say (self, done);
}

static void
copy_command_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FlFilterPanel *self = FL_FILTER_PANEL (widget);
  g_autofree char *text = NULL;

  if (fl_session_get_n_off (self->session) == 0
      || fl_session_get_picture_path (self->session) == NULL)
    return;
  text = fl_command_text_ablate (
      fl_session_get_model (self->session), fl_session_get_picture_path (self->session),
      fl_session_get_off (self->session), fl_session_get_mode (self->session));
  copy (self, text);
  say (self, "Copied the command line");
}

/* The rows that are shown, in their order. */
static void
on_export_chosen (FlFilterPanel *self, int response)
{
  FlFilterList *list = fl_filter_table_get_list (self->table);
  int n = (int) g_list_model_get_n_items (G_LIST_MODEL (list));
  g_autofree int *filters = g_new0 (int, n + 1);
  g_autoptr (GtkNativeDialog) dialog = g_steal_pointer (&self->dialog);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *done = NULL;

  gtk_native_dialog_hide (dialog);
  if (response != GTK_RESPONSE_ACCEPT || fl_session_get_profile (self->session) == NULL)
    return;
  for (int i = 0; i < n; i++)
    filters[i] = fl_filter_list_get_filter (list, (guint) i);
  text = rows_text (self, n, filters);

  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *shown = g_filename_display_name (base);

  if (g_file_replace_contents (file, text, strlen (text), NULL, FALSE, G_FILE_CREATE_NONE, NULL,
                               NULL, &error))
    done = g_strdup_printf ("Exported %d rows to %s", n, shown);
  else
    done = g_strdup_printf ("%s could not be written: %s", shown, error->message);
  say (self, done);
}

static void
export_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FlFilterPanel *self = FL_FILTER_PANEL (widget);
  const char *path = fl_session_get_picture_path (self->session);

  if (self->dialog != NULL || path == NULL)
    return;

  g_autofree char *base = g_path_get_basename (path);
  char *dot = strrchr (base, '.');

  if (dot != NULL && dot != base)
    *dot = '\0';

  g_autofree char *file_name = g_strdup_printf ("%s-filters.csv", base);

  self->dialog = GTK_NATIVE_DIALOG (
      gtk_file_chooser_native_new ("Export Table", GTK_WINDOW (gtk_widget_get_root (widget)),
                                   GTK_FILE_CHOOSER_ACTION_SAVE, "_Export", "_Cancel"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->dialog), file_name);
  gtk_native_dialog_set_modal (self->dialog, TRUE);
  g_signal_connect_object (self->dialog, "response", G_CALLBACK (on_export_chosen), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (self->dialog);
}

static void
fl_filter_panel_dispose (GObject *object)
{
  FlFilterPanel *self = FL_FILTER_PANEL (object);

  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  g_clear_object (&self->dialog);
  G_OBJECT_CLASS (fl_filter_panel_parent_class)->dispose (object);
}

#define BIND(name) gtk_widget_class_bind_template_child (widget_class, FlFilterPanel, name)

static void
fl_filter_panel_class_init (FlFilterPanelClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fl_filter_panel_dispose;
  g_type_ensure (FL_TYPE_FILTER_TABLE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/faultline/Faultline/filter-panel.ui");
  BIND (subtitle);
  BIND (table);
  BIND (top_spin);
  BIND (top_adjustment);
  BIND (more_popover);
  BIND (random_spin);
  BIND (random_adjustment);
  BIND (seed_spin);
  BIND (seed_adjustment);
  BIND (layer_label);
  BIND (mode_button);
  BIND (search_entry);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_marked_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_top_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_random_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_popover_done);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_stopped);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activated);
  gtk_widget_class_install_action (widget_class, "filters.switch-off-layer", NULL,
                                   switch_off_layer_action);
  gtk_widget_class_install_action (widget_class, "filters.invert", NULL, invert_action);
  gtk_widget_class_install_action (widget_class, "filters.copy-rows", NULL, copy_rows_action);
  gtk_widget_class_install_action (widget_class, "filters.copy-command", NULL, copy_command_action);
  gtk_widget_class_install_action (widget_class, "filters.export", NULL, export_action);
}

static void
fl_filter_panel_init (FlFilterPanel *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *copying = gtk_shortcut_controller_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (fl_filter_table_get_list (self->table), "selection-changed",
                           G_CALLBACK (show_count), self, G_CONNECT_SWAPPED);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_search_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self->search_entry), keys);
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (copying),
      gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_c, GDK_CONTROL_MASK),
                        gtk_named_action_new ("filters.copy-rows")));
  gtk_widget_add_controller (GTK_WIDGET (self->table), copying);
}

void
fl_filter_panel_set_session (FlFilterPanel *self, FlSession *session)
{
  g_return_if_fail (FL_IS_FILTER_PANEL (self) && self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self,
                           G_CONNECT_SWAPPED);
  on_session_changed (self, ~(guint) 0);
}

void
fl_filter_panel_find (FlFilterPanel *self)
{
  g_return_if_fail (FL_IS_FILTER_PANEL (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
  gtk_editable_select_region (self->search_entry, 0, -1);
}
