#include "ui/profile-chart.h"

#include "ui/filter-text.h"
#include "ui/profile-chart-drawing.h"

#include <math.h>
#include <string.h>

#define LEAST_WIDTH 240
#define LEAST_HEIGHT 150
#define NATURAL_HEIGHT 260

struct _FlProfileChart
{
  GtkWidget parent_instance;

  FlFilterCatalogue *catalogue; /* owned, nullable */
  FlProfile *profile;           /* owned, nullable */
  guint8 *off;                  /* owned, n_filters flags */
  int hovered;
  int selected;

  FlProfileChartLayout *layout; /* owned, nullable: of the present size, data and style */
  cairo_surface_t *picture;     /* owned, nullable: everything but the marks */
};

G_DEFINE_FINAL_TYPE (FlProfileChart, fl_profile_chart, GTK_TYPE_WIDGET)

enum
{
  FILTER_HOVERED,
  FILTER_SELECTED,
  FILTER_TOGGLED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
drop_picture (FlProfileChart *self)
{
  g_clear_pointer (&self->picture, cairo_surface_destroy);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
drop_layout (FlProfileChart *self)
{
  g_clear_pointer (&self->layout, fl_profile_chart_layout_free);
  drop_picture (self);
}

static void
get_data (FlProfileChart *self, FlProfileChartData *data)
{
  data->filters = self->catalogue;
  data->profile = self->profile;
  data->off = self->off;
  data->quantity = "mean |∂L/∂w| of each filter";
}

static gboolean
ensure_layout (FlProfileChart *self)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  int height = gtk_widget_get_height (GTK_WIDGET (self));
  FlProfileChartData data;
  FlChartStyle style;

  if (self->profile == NULL || width < 1 || height < 1)
    return FALSE;
  if (self->layout != NULL)
    return TRUE;
  get_data (self, &data);
  fl_chart_style_init_from_widget (&style, GTK_WIDGET (self));
  self->layout = fl_profile_chart_layout_new (width, height, &data, &style);
  return TRUE;
}

static void
ensure_picture (FlProfileChart *self, const FlProfileChartData *data, const FlChartStyle *style)
{
  if (self->picture != NULL)
    return;
  self->picture = cairo_image_surface_create (CAIRO_FORMAT_ARGB32,
                                              (int) ceil (self->layout->width * style->scale),
                                              (int) ceil (self->layout->height * style->scale));
  cairo_surface_set_device_scale (self->picture, style->scale, style->scale);

  cairo_t *cr = cairo_create (self->picture);

  fl_profile_chart_draw_layout (cr, self->layout, data, style);
  cairo_destroy (cr);
}

static void
fl_profile_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FlProfileChart *self = FL_PROFILE_CHART (widget);
  FlProfileChartData data;
  FlChartStyle style;

  if (!ensure_layout (self))
    return;
  get_data (self, &data);
  fl_chart_style_init_from_widget (&style, widget);
  ensure_picture (self, &data, &style);

  cairo_t *cr
      = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) self->layout->width,
                                                                  (float) self->layout->height));

  cairo_set_source_surface (cr, self->picture, 0.0, 0.0);
  cairo_paint (cr);
  fl_profile_chart_draw_marks (cr, self->layout, &data, &style, self->hovered, self->selected);
  cairo_destroy (cr);
}

static void
fl_profile_chart_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                          int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? LEAST_WIDTH : LEAST_HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? LEAST_WIDTH : NATURAL_HEIGHT;
}

static void
fl_profile_chart_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  drop_layout (FL_PROFILE_CHART (widget));
}

static void
fl_profile_chart_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (fl_profile_chart_parent_class)->css_changed (widget, change);
  drop_layout (FL_PROFILE_CHART (widget));
}

static void
fl_profile_chart_system_setting_changed (GtkWidget *widget, GtkSystemSetting setting)
{
  GTK_WIDGET_CLASS (fl_profile_chart_parent_class)->system_setting_changed (widget, setting);
  drop_layout (FL_PROFILE_CHART (widget));
}

static void
describe (FlProfileChart *self)
{
  g_autofree char *text = NULL;

  if (self->profile == NULL)
    text = g_strdup ("Empty");
  else if (self->selected < 0)
    text = g_strdup_printf ("%d filters in %d layers. Arrow keys choose one.",
                            self->catalogue->n_filters, self->catalogue->n_layers);
  else
    text = fl_filter_text (self->catalogue, self->profile, self->off[self->selected],
                           self->selected);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
}

static void
set_hovered (FlProfileChart *self, int filter)
{
  if (self->hovered == filter)
    return;
  self->hovered = filter;
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), filter >= 0 ? "pointer" : NULL);
  gtk_widget_trigger_tooltip_query (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[FILTER_HOVERED], 0, filter);
}

static void
select_by_user (FlProfileChart *self, int filter)
{
  fl_profile_chart_set_selected (self, filter);
  g_signal_emit (self, signals[FILTER_SELECTED], 0, filter);
}

static int
find (FlProfileChart *self, double x, double y)
{
  return ensure_layout (self) ? fl_profile_chart_layout_find (self->layout, x, y) : -1;
}

static void
on_motion (FlProfileChart *self, double x, double y)
{
  set_hovered (self, find (self, x, y));
}

static void
on_leave (FlProfileChart *self)
{
  set_hovered (self, -1);
}

static void
on_pressed (FlProfileChart *self, int n_presses, double x, double y)
{
  int filter = find (self, x, y);

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (filter < 0)
    return;
  select_by_user (self, filter);
  g_signal_emit (self, signals[FILTER_TOGGLED], 0, filter);
}

/* Index in the layout's order of the first filter of the layer that is @step layers on. */
static int
layer_start (FlProfileChart *self, int place, int step)
{
  const FlFilterCatalogue *catalogue = self->catalogue;
  int layer = catalogue->layer[self->layout->order[place]];

  return catalogue->first_filter[CLAMP (layer + step, 0, catalogue->n_layers - 1)];
}

static gboolean
on_key_pressed (FlProfileChart *self, guint key, guint code, GdkModifierType state)
{
  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0 || !ensure_layout (self)
      || self->catalogue->n_filters == 0)
    return GDK_EVENT_PROPAGATE;

  int n = self->catalogue->n_filters;
  int place = self->selected < 0 ? -1 : self->layout->position[self->selected];
  int target;

  /* The chart is drawn from left to right in every language, so the arrows follow the screen. */
  switch (key)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      target = place < 0 ? 0 : MAX (place - 1, 0);
      break;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      target = MIN (place + 1, n - 1);
      break;
    case GDK_KEY_Page_Up:
      target = place < 0 ? 0 : layer_start (self, place, -1);
      break;
    case GDK_KEY_Page_Down:
      target = place < 0 ? 0 : layer_start (self, place, 1);
      break;
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
      target = 0;
      break;
    case GDK_KEY_End:
    case GDK_KEY_KP_End:
      target = n - 1;
      break;
    case GDK_KEY_space:
    case GDK_KEY_KP_Space:
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
      if (self->selected >= 0)
        g_signal_emit (self, signals[FILTER_TOGGLED], 0, self->selected);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
  select_by_user (self, self->layout->order[target]);
  return GDK_EVENT_STOP;
}

static gboolean
fl_profile_chart_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard,
                                GtkTooltip *tooltip)
{
  FlProfileChart *self = FL_PROFILE_CHART (widget);
  int filter = keyboard ? self->selected : find (self, x, y);
  g_autofree char *text = NULL;
  g_autofree char *full = NULL;
  double left, width;

  if (filter < 0 || !ensure_layout (self))
    return FALSE;
  text = fl_filter_text (self->catalogue, self->profile, self->off[filter], filter);
  full = g_strdup_printf ("%s\nClick to switch it %s", text, self->off[filter] ? "on" : "off");
  gtk_tooltip_set_text (tooltip, full);
  fl_profile_chart_layout_locate (self->layout, filter, &left, &width);
  gtk_tooltip_set_tip_area (
      tooltip, &(GdkRectangle){ (int) left, (int) self->layout->top, (int) ceil (width) + 1,
                                (int) (self->layout->bottom - self->layout->top) });
  return TRUE;
}

static void
toggle_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FlProfileChart *self = FL_PROFILE_CHART (widget);

  if (self->selected >= 0)
    g_signal_emit (self, signals[FILTER_TOGGLED], 0, self->selected);
}

static void
fl_profile_chart_dispose (GObject *object)
{
  FlProfileChart *self = FL_PROFILE_CHART (object);

  g_clear_pointer (&self->picture, cairo_surface_destroy);
  g_clear_pointer (&self->layout, fl_profile_chart_layout_free);
  g_clear_pointer (&self->catalogue, fl_filter_catalogue_unref);
  g_clear_pointer (&self->profile, fl_profile_unref);
  g_clear_pointer (&self->off, g_free);
  G_OBJECT_CLASS (fl_profile_chart_parent_class)->dispose (object);
}

static void
fl_profile_chart_class_init (FlProfileChartClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = fl_profile_chart_dispose;
  widget_class->snapshot = fl_profile_chart_snapshot;
  widget_class->measure = fl_profile_chart_measure;
  widget_class->size_allocate = fl_profile_chart_size_allocate;
  widget_class->css_changed = fl_profile_chart_css_changed;
  widget_class->system_setting_changed = fl_profile_chart_system_setting_changed;
  widget_class->query_tooltip = fl_profile_chart_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "profilechart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_install_action (widget_class, "chart.toggle", NULL, toggle_action);

  signals[FILTER_HOVERED]
      = g_signal_new ("filter-hovered", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[FILTER_SELECTED]
      = g_signal_new ("filter-selected", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[FILTER_TOGGLED]
      = g_signal_new ("filter-toggled", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
fl_profile_chart_init (FlProfileChart *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  self->hovered = -1;
  self->selected = -1;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_PRIMARY);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (drop_layout), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  "Saliency of every filter", -1);
  describe (self);
}

GtkWidget *
fl_profile_chart_new (void)
{
  return g_object_new (FL_TYPE_PROFILE_CHART, NULL);
}

void
fl_profile_chart_set_data (FlProfileChart *self, FlFilterCatalogue *catalogue, FlProfile *profile)
{
  g_return_if_fail (FL_IS_PROFILE_CHART (self));
  g_return_if_fail ((catalogue == NULL) == (profile == NULL));
  g_return_if_fail (catalogue == NULL || catalogue->n_filters == profile->n_filters);

  if (catalogue != NULL)
    fl_filter_catalogue_ref (catalogue);
  if (profile != NULL)
    fl_profile_ref (profile);
  if (catalogue != self->catalogue)
    {
      g_clear_pointer (&self->off, g_free);
      self->off = catalogue == NULL ? NULL : g_new0 (guint8, catalogue->n_filters + 1);
      self->selected = -1;
      self->hovered = -1;
    }
  g_clear_pointer (&self->catalogue, fl_filter_catalogue_unref);
  g_clear_pointer (&self->profile, fl_profile_unref);
  self->catalogue = catalogue;
  self->profile = profile;
  drop_layout (self);
  describe (self);
}

void
fl_profile_chart_set_off (FlProfileChart *self, const guint8 *off)
{
  g_return_if_fail (FL_IS_PROFILE_CHART (self));

  if (self->catalogue == NULL)
    return;
  memcpy (self->off, off, self->catalogue->n_filters);
  drop_picture (self);
  describe (self);
}

void
fl_profile_chart_set_selected (FlProfileChart *self, int filter)
{
  g_return_if_fail (FL_IS_PROFILE_CHART (self));

  if (self->catalogue == NULL || filter >= self->catalogue->n_filters)
    filter = -1;
  if (self->selected == filter)
    return;
  self->selected = filter;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  describe (self);
}
