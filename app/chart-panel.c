#include "app/chart-panel.h"

#include "ui/profile-chart.h"

struct _FlChartPanel
{
  AdwBin parent_instance;

  FlSession *session; /* owned */

  GtkWidget *card;
  GtkLabel *subtitle;
  GtkLabel *hint_label;
  GtkWidget *whole_button;
  FlProfileChart *chart;
  GSimpleActionGroup *actions; /* owned */
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
  FlSessionProgress progress;

  fl_session_get_progress (self->session, &progress);
  if (progress.long_work
      && (progress.loading
          || (fl_session_get_profile (self->session) != NULL
              && !fl_session_profile_is_current (self->session))))
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

static void
fl_chart_panel_dispose (GObject *object)
{
  FlChartPanel *self = FL_CHART_PANEL (object);

  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
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
  };

  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), actions, G_N_ELEMENTS (actions),
                                   self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "chart-panel", G_ACTION_GROUP (self->actions));
  gtk_widget_init_template (GTK_WIDGET (self));
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
