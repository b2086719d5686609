#include "app/chart-panel.h"

#include "app/chart-export.h"
#include "ui/profile-chart.h"

/* Files are at least this large, however small the window. */
#define LEAST_WIDTH 640
#define LEAST_HEIGHT 320

struct _FlChartPanel
{
  AdwBin parent_instance;

  FlSession *session; /* owned */

  GtkWidget *card;
  GtkLabel *subtitle;
  GtkLabel *hint_label;
  GtkWidget *whole_button;
  FlProfileChart *chart;
  GSimpleActionGroup *actions;  /* owned */
  GtkFileChooserNative *dialog; /* owned, nullable: until it is answered */
  int export_scale;             /* of what the dialog asks for */
};

G_DEFINE_FINAL_TYPE (FlChartPanel, fl_chart_panel, ADW_TYPE_BIN)

static guint hovered_signal;

static void
set_enabled (FlChartPanel *self, const char *action, gboolean enabled)
{
  GAction *found = g_action_map_lookup_action (G_ACTION_MAP (self->actions), action);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (found), enabled);
}

static const char *
state (FlChartPanel *self, const char *action)
{
  g_autoptr (GVariant) value
      = g_action_group_get_action_state (G_ACTION_GROUP (self->actions), action);

  return g_variant_get_string (value, NULL);
}

/* What is shown of what. */
static void
show_range (FlChartPanel *self)
{
  FlModel *model = fl_session_get_model (self->session);
  FlProfileChartData data;
  gboolean any = fl_profile_chart_get_data (self->chart, &data);
  gboolean known;

  gtk_widget_set_visible (self->whole_button, any && data.n_layers > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->hint_label), any && data.n_layers == 0);
  set_enabled (self, "whole-network", any && data.n_layers > 0);
  set_enabled (self, "selected-layer", any && fl_session_get_selected (self->session) >= 0);
  set_enabled (self, "export", any);
  set_enabled (self, "copy", any);
  if (!any)
    {
      gtk_label_set_text (self->subtitle, "of a network that has seen a picture");
      return;
    }
  fl_session_get_label (self->session, &known);

  g_autofree char *class_name = fl_model_class_text (model, data.profile->label);
  g_autofree char *whose = g_strdup_printf ("of the untouched network at the %s label %s",
                                            known ? "true" : "predicted", class_name);
  const char *order
      = g_str_equal (state (self, "order"), "sorted") ? "sorted inside each layer" : "filter order";
  const char *const *names = (const char *const *) data.filters->layer_names + data.first_layer;
  int n_filters = data.filters->first_filter[data.first_layer + data.n_layers]
                  - data.filters->first_filter[data.first_layer];
  g_autofree char *range = data.n_layers == 0 ? g_strdup ("")
                           : data.n_layers == 1
                               ? g_strdup_printf ("%s, %d filters, ", names[0], n_filters)
                               : g_strdup_printf ("%s to %s, %d filters, ", names[0],
                                                  names[data.n_layers - 1], n_filters);
  g_autofree char *subtitle = g_strdup_printf ("%s%s · %s", range, whose, order);

  gtk_label_set_text (self->subtitle, subtitle);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->subtitle), subtitle);
}

static void
show_profile (FlChartPanel *self)
{
  FlProfile *profile = fl_session_get_profile (self->session);
  FlFilterCatalogue *catalogue = profile == NULL ? NULL : fl_session_get_catalogue (self->session);

  fl_profile_chart_set_data (self->chart, catalogue, profile);
  gtk_widget_set_sensitive (self->card, profile != NULL);
  show_range (self);
}

static void
show_filters (FlChartPanel *self)
{
  const guint8 *off = fl_session_get_off (self->session);

  if (off == NULL || fl_session_get_profile (self->session) == NULL)
    return;
  fl_profile_chart_set_off (self->chart, off);
  /* Whoever has switched one off knows how. */
  if (fl_session_get_n_off (self->session) > 0)
    gtk_label_set_text (self->hint_label, "Click again to switch it on · Ctrl+Z undoes");
  else
    gtk_label_set_text (self->hint_label, "Click a bar to switch that filter off");
}

/* An old profile stays, dimmed, while a new one takes longer than a moment. */
static void
show_staleness (FlChartPanel *self)
{
  if (fl_session_profile_is_stale (self->session))
    gtk_widget_add_css_class (GTK_WIDGET (self->chart), "stale");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->chart), "stale");
}

static void
on_session_changed (FlChartPanel *self, guint changes)
{
  if (changes & (FL_SESSION_PROFILE | FL_SESSION_LABEL))
    show_profile (self);
  if (changes & (FL_SESSION_FILTERS | FL_SESSION_PROFILE | FL_SESSION_LABEL))
    show_filters (self);
  if (changes & (FL_SESSION_SELECTION | FL_SESSION_PROFILE | FL_SESSION_LABEL))
    {
      fl_profile_chart_set_selected (self->chart, fl_session_get_selected (self->session));
      set_enabled (self, "selected-layer",
                   fl_session_get_profile (self->session) != NULL
                       && fl_session_get_selected (self->session) >= 0);
    }
  show_staleness (self);
}

static void
on_filter_hovered (FlChartPanel *self, int filter)
{
  g_signal_emit (self, hovered_signal, 0, filter);
}

static void
on_filter_selected (FlChartPanel *self, int filter)
{
  fl_session_set_selected (self->session, filter);
}

static void
on_filter_toggled (FlChartPanel *self, int filter)
{
  fl_session_toggle (self->session, filter);
}

static void
on_order (GSimpleAction *action, GVariant *value, gpointer data)
{
  FlChartPanel *self = data;

  g_simple_action_set_state (action, value);
  fl_profile_chart_set_order (self->chart,
                              g_str_equal (g_variant_get_string (value, NULL), "sorted")
                                  ? FL_PROFILE_CHART_SORTED
                                  : FL_PROFILE_CHART_FILTER_ORDER);
  show_range (self);
}

static void
on_axis (GSimpleAction *action, GVariant *value, gpointer data)
{
  FlChartPanel *self = data;

  g_simple_action_set_state (action, value);
  fl_profile_chart_set_axis (self->chart, g_str_equal (g_variant_get_string (value, NULL), "linear")
                                              ? FL_AXIS_LINEAR
                                              : FL_AXIS_LOGARITHMIC);
}

static void
on_selected_layer (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FlChartPanel *self = data;
  FlFilterCatalogue *catalogue = fl_session_get_catalogue (self->session);
  int selected = fl_session_get_selected (self->session);

  if (catalogue != NULL && selected >= 0 && selected < catalogue->n_filters)
    fl_profile_chart_set_range (self->chart, catalogue->layer[selected], 1);
}

static void
on_whole_network (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FlChartPanel *self = data;

  /* The button goes; the keys go on where they belong. */
  gtk_widget_grab_focus (GTK_WIDGET (self->chart));
  fl_profile_chart_set_range (self->chart, 0, 0);
}

/* What a file says of itself above the chart. */
static char *
export_title (FlChartPanel *self)
{
  const char *path = fl_session_get_picture_path (self->session);
  g_autofree char *picture = path == NULL ? g_strdup ("") : g_path_get_basename (path);

  return g_strdup_printf ("%s · %s · %s", fl_model_name (fl_session_get_model (self->session)),
                          picture, gtk_label_get_text (self->subtitle));
}

static void
export_size (FlChartPanel *self, int *width, int *height)
{
  *width = MAX (LEAST_WIDTH, gtk_widget_get_width (GTK_WIDGET (self->chart)));
  *height = MAX (LEAST_HEIGHT, gtk_widget_get_height (GTK_WIDGET (self->chart)));
}

static void
show_toast (FlChartPanel *self, const char *text)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_TOAST_OVERLAY);
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (escaped);

  adw_toast_set_timeout (toast, 3);
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
}

static void
save (FlChartPanel *self, GFile *file, FlChartFormat format)
{
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *title = export_title (self);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  FlProfileChartData data;
  int width, height;

  if (!fl_profile_chart_get_data (self->chart, &data))
    return;
  export_size (self, &width, &height);
  if (path == NULL)
    g_set_error (&error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                 "It would not be in a folder of this computer; choose another one.");
  else
    fl_chart_export_save (path, &data, title, width, height, self->export_scale, format, &error);
  if (error != NULL)
    {
      text = g_strdup_printf ("%s could not be written", name);
      g_signal_emit_by_name (self->session, "failed", text, error->message);
      return;
    }
  text = g_strdup_printf ("Exported: %s", name);
  show_toast (self, text);
}

static void
on_export_answered (FlChartPanel *self, int response, GtkNativeDialog *dialog)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

  if (response == GTK_RESPONSE_ACCEPT && file != NULL)
    {
      g_autofree char *name = g_file_get_basename (file);
      FlChartFormat format;

      if (fl_chart_format_from_path (name, &format))
        save (self, file, format);
      else
        {
          g_autofree char *title = g_strdup_printf ("%s could not be written", name);

          g_signal_emit_by_name (self->session, "failed", title,
                                 "The name should end in .png, .svg or .pdf.");
        }
    }
  gtk_native_dialog_destroy (dialog);
  g_clear_object (&self->dialog);
}

static void
on_export (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FlChartPanel *self = data;
  const char *kind = g_variant_get_string (parameter, NULL);
  gboolean twice = g_str_equal (kind, "png-2x");
  const char *path = fl_session_get_picture_path (self->session);
  g_autofree char *name = path == NULL ? g_strdup ("chart") : g_path_get_basename (path);
  char *dot = strrchr (name, '.');
  g_autofree char *suggested = NULL;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (self->dialog != NULL)
    return;
  if (dot != NULL && dot != name)
    *dot = '\0';
  suggested = g_strdup_printf ("%s-saliency%s.%s", name, twice ? "@2x" : "", twice ? "png" : kind);
  self->export_scale = twice ? 2 : 1;
  self->dialog = gtk_file_chooser_native_new ("Export Chart", GTK_WINDOW (root),
                                              GTK_FILE_CHOOSER_ACTION_SAVE, "_Export", "_Cancel");
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->dialog), suggested);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->dialog), TRUE);
  g_signal_connect_object (self->dialog, "response", G_CALLBACK (on_export_answered), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->dialog));
}

static void
on_copy (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  FlChartPanel *self = user_data;
  g_autofree char *title = export_title (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  FlProfileChartData data;
  int width, height;

  if (!fl_profile_chart_get_data (self->chart, &data))
    return;
  export_size (self, &width, &height);
  bytes = fl_chart_export_render (&data, title, width, height, 2, FL_CHART_PNG, &error);
  if (bytes != NULL)
    texture = gdk_texture_new_from_bytes (bytes, &error);
  if (texture == NULL)
    {
      g_signal_emit_by_name (self->session, "failed", "The chart could not be copied",
                             error->message);
      return;
    }
  gdk_clipboard_set_texture (gtk_widget_get_clipboard (GTK_WIDGET (self)), texture);
  show_toast (self, "Chart copied");
}

static void
add_key (FlChartPanel *self, GtkShortcutScope scope, guint key, const char *action,
         const char *target)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();
  GtkShortcut *shortcut = gtk_shortcut_new (gtk_keyval_trigger_new (key, GDK_CONTROL_MASK),
                                            gtk_named_action_new (action));

  if (target != NULL)
    gtk_shortcut_set_arguments (shortcut, g_variant_new_string (target));
  gtk_shortcut_controller_set_scope (GTK_SHORTCUT_CONTROLLER (keys), scope);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys), shortcut);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

static void
fl_chart_panel_dispose (GObject *object)
{
  FlChartPanel *self = FL_CHART_PANEL (object);

  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  if (self->dialog != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->dialog));
  g_clear_object (&self->dialog);
  g_clear_object (&self->session);
  g_clear_object (&self->actions);
  G_OBJECT_CLASS (fl_chart_panel_parent_class)->dispose (object);
}

#define BIND(name) gtk_widget_class_bind_template_child (widget_class, FlChartPanel, name)

static void
fl_chart_panel_class_init (FlChartPanelClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fl_chart_panel_dispose;
  g_type_ensure (FL_TYPE_PROFILE_CHART);
  hovered_signal = g_signal_new ("filter-hovered", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                 NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/faultline/Faultline/chart-panel.ui");
  BIND (card);
  BIND (subtitle);
  BIND (hint_label);
  BIND (whole_button);
  BIND (chart);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_hovered);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_toggled);
  gtk_widget_class_bind_template_callback (widget_class, show_range);
}

static void
fl_chart_panel_init (FlChartPanel *self)
{
  static const GActionEntry actions[] = {
    { .name = "order", .parameter_type = "s", .state = "'sorted'", .change_state = on_order },
    { .name = "axis", .parameter_type = "s", .state = "'linear'", .change_state = on_axis },
    { .name = "selected-layer", .activate = on_selected_layer },
    { .name = "whole-network", .activate = on_whole_network },
    { .name = "export", .parameter_type = "s", .activate = on_export },
    { .name = "copy", .activate = on_copy },
  };

  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), actions, G_N_ELEMENTS (actions),
                                   self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "chart-panel", G_ACTION_GROUP (self->actions));
  gtk_widget_init_template (GTK_WIDGET (self));
  add_key (self, GTK_SHORTCUT_SCOPE_GLOBAL, GDK_KEY_e, "chart-panel.export", "png");
  add_key (self, GTK_SHORTCUT_SCOPE_LOCAL, GDK_KEY_c, "chart-panel.copy", NULL);
}

void
fl_chart_panel_set_session (FlChartPanel *self, FlSession *session)
{
  g_return_if_fail (FL_IS_CHART_PANEL (self) && self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self,
                           G_CONNECT_SWAPPED);
  on_session_changed (self, ~(guint) 0);
}
