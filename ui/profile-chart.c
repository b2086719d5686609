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
  FlProfileChartOrder order;
  FlAxisScale axis;
  int first_layer; /* both 0: all */
  int n_layers;
  double drag_start; /* the band that is being dragged; NAN: none */
  double drag_end;

  FlProfileChartLayout *layout; /* owned, nullable: of the present size, data and style */
  cairo_surface_t *picture;     /* owned, nullable: everything but the marks */
};

G_DEFINE_FINAL_TYPE (FlProfileChart, fl_profile_chart, GTK_TYPE_WIDGET)

enum
{
  FILTER_HOVERED,
  FILTER_SELECTED,
  FILTER_TOGGLED,
  RANGE_CHANGED,
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
  data->order = self->order;
  data->axis = self->axis;
  data->first_layer = self->first_layer;
  data->n_layers = self->n_layers;
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

/* The layers that are being dragged over. */
static gboolean
get_band (FlProfileChart *self, int *first, int *last)
{
  if (isnan (self->drag_start) || !ensure_layout (self))
    return FALSE;

  double left = MIN (self->drag_start, self->drag_end);
  double right = MAX (self->drag_start, self->drag_end);
  double end = self->layout->right - 0.5;

  if (right < self->layout->left || left > end)
    return FALSE;
  *first = fl_profile_chart_layout_find_layer (self->layout, MAX (left, self->layout->left));
  *last = fl_profile_chart_layout_find_layer (self->layout, MIN (right, end));
  /* Touching the gap behind a layer is not touching the layer. */
  if (*first < *last && left >= self->layout->layer_x[*first] + self->layout->layer_width[*first])
    ++*first;
  return *first >= 0 && *last >= *first;
}

static void
fl_profile_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FlProfileChart *self = FL_PROFILE_CHART (widget);
  FlProfileChartData data;
  FlChartStyle style;
  int first, last;

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
  if (get_band (self, &first, &last))
    fl_profile_chart_draw_band (cr, self->layout, &style, first, last);
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

void
fl_profile_chart_set_range (FlProfileChart *self, int first_layer, int n_layers)
{
  g_return_if_fail (FL_IS_PROFILE_CHART (self));

  int n = self->catalogue == NULL ? 0 : self->catalogue->n_layers;

  first_layer = CLAMP (first_layer, 0, MAX (n - 1, 0));
  n_layers = MIN (n_layers, n - first_layer);
  if (n_layers <= 0 || n_layers == n)
    first_layer = n_layers = 0;
  if (first_layer == self->first_layer && n_layers == self->n_layers)
    return;
  self->first_layer = first_layer;
  self->n_layers = n_layers;
  self->hovered = -1;
  drop_layout (self);
  describe (self);
  g_signal_emit (self, signals[RANGE_CHANGED], 0);
}

static void
set_hovered (FlProfileChart *self, int filter)
{
  if (self->hovered == filter)
    return;
  self->hovered = filter;
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
  int first, last;

  if (!isnan (self->drag_start))
    return;
  set_hovered (self, find (self, x, y));
  gtk_widget_set_cursor_from_name (
      GTK_WIDGET (self),
      self->hovered >= 0
              || (ensure_layout (self)
                  && fl_profile_chart_layout_find_name (self->layout, x, y, &first, &last))
          ? "pointer"
          : NULL);
}

static void
on_leave (FlProfileChart *self)
{
  set_hovered (self, -1);
}

static void
on_pressed (FlProfileChart *self, int n_presses, double x, double y)
{
  int first, last;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (n_presses % 2 != 0 || !ensure_layout (self)
      || !fl_profile_chart_layout_find_name (self->layout, x, y, &first, &last))
    return;
  if (self->n_layers == last - first + 1 && self->first_layer == first)
    fl_profile_chart_set_range (self, 0, 0);
  else
    fl_profile_chart_set_range (self, first, last - first + 1);
}

/* Not before the button is up: until then it may become a drag. */
static void
on_released (FlProfileChart *self, int n_presses, double x, double y)
{
  int filter = find (self, x, y);

  if (filter < 0)
    return;
  select_by_user (self, filter);
  g_signal_emit (self, signals[FILTER_TOGGLED], 0, filter);
}

static void
on_drag_updated (FlProfileChart *self, double x, double y, GtkGesture *drag)
{
  GtkWidget *widget = GTK_WIDGET (self);
  double start_x, start_y;

  gtk_gesture_drag_get_start_point (GTK_GESTURE_DRAG (drag), &start_x, &start_y);
  if (isnan (self->drag_start))
    {
      if (self->profile == NULL
          || !gtk_drag_check_threshold (widget, (int) start_x, (int) start_y, (int) (start_x + x),
                                        (int) start_y))
        return;
      /* From here on it is no click. */
      gtk_gesture_set_state (drag, GTK_EVENT_SEQUENCE_CLAIMED);
      set_hovered (self, -1);
      self->drag_start = start_x;
    }
  self->drag_end = start_x + x;
  gtk_widget_queue_draw (widget);
}

static void
on_drag_ended (FlProfileChart *self)
{
  int first, last;
  gboolean chosen = get_band (self, &first, &last);

  self->drag_start = NAN;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (chosen)
    fl_profile_chart_set_range (self, first, last - first + 1);
}

static void
on_drag_cancelled (FlProfileChart *self)
{
  self->drag_start = NAN;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
on_key_pressed (FlProfileChart *self, guint key, guint code, GdkModifierType state)
{
  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0 || !ensure_layout (self)
      || self->catalogue->n_filters == 0)
    return GDK_EVENT_PROPAGATE;

  switch (key)
    {
    case GDK_KEY_space:
    case GDK_KEY_KP_Space:
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
      if (self->selected >= 0)
        g_signal_emit (self, signals[FILTER_TOGGLED], 0, self->selected);
      return GDK_EVENT_STOP;
    case GDK_KEY_plus:
    case GDK_KEY_equal:
    case GDK_KEY_KP_Add:
      if (self->selected >= 0)
        fl_profile_chart_set_range (self, self->catalogue->layer[self->selected], 1);
      return GDK_EVENT_STOP;
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
      fl_profile_chart_set_range (self, 0, 0);
      return GDK_EVENT_STOP;
    case GDK_KEY_Escape:
      if (self->n_layers == 0)
        return GDK_EVENT_PROPAGATE;
      fl_profile_chart_set_range (self, 0, 0);
      return GDK_EVENT_STOP;
    default:
      break;
    }

  int target = fl_profile_chart_layout_move (self->layout, self->selected, key);

  if (target < 0)
    return GDK_EVENT_PROPAGATE;
  select_by_user (self, target);
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
  signals[RANGE_CHANGED] = g_signal_new ("range-changed", G_TYPE_FROM_CLASS (class),
                                         G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
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
  GtkGesture *drag = gtk_gesture_drag_new ();

  self->hovered = -1;
  self->selected = -1;
  self->drag_start = NAN;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_PRIMARY);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_pressed), self);
  g_signal_connect_swapped (click, "released", G_CALLBACK (on_released), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), GDK_BUTTON_PRIMARY);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (on_drag_updated), self);
  g_signal_connect_swapped (drag, "drag-end", G_CALLBACK (on_drag_ended), self);
  g_signal_connect_swapped (drag, "cancel", G_CALLBACK (on_drag_cancelled), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
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

  gboolean other = catalogue != self->catalogue;

  if (catalogue != NULL)
    fl_filter_catalogue_ref (catalogue);
  if (profile != NULL)
    fl_profile_ref (profile);
  if (other)
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
  if (other)
    fl_profile_chart_set_range (self, 0, 0);
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
  if (filter >= 0 && self->n_layers > 0)
    {
      int layer = self->catalogue->layer[filter];

      if (self->n_layers == 1)
        fl_profile_chart_set_range (self, layer, 1);
      else if (layer < self->first_layer || layer >= self->first_layer + self->n_layers)
        fl_profile_chart_set_range (self, 0, 0);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
  describe (self);
}

void
fl_profile_chart_set_order (FlProfileChart *self, FlProfileChartOrder order)
{
  g_return_if_fail (FL_IS_PROFILE_CHART (self));

  if (self->order == order)
    return;
  self->order = order;
  drop_layout (self);
}

void
fl_profile_chart_set_axis (FlProfileChart *self, FlAxisScale axis)
{
  g_return_if_fail (FL_IS_PROFILE_CHART (self));

  if (self->axis == axis)
    return;
  self->axis = axis;
  drop_layout (self);
}

void
fl_profile_chart_get_range (FlProfileChart *self, int *first_layer, int *n_layers)
{
  g_return_if_fail (FL_IS_PROFILE_CHART (self));

  *first_layer = self->first_layer;
  *n_layers = self->n_layers;
}

gboolean
fl_profile_chart_get_data (FlProfileChart *self, FlProfileChartData *data)
{
  g_return_val_if_fail (FL_IS_PROFILE_CHART (self), FALSE);

  if (self->profile == NULL)
    return FALSE;
  get_data (self, data);
  return TRUE;
}
