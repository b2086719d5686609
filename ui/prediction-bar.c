#include "ui/prediction-bar.h"

#include <math.h>

#define LEAST_WIDTH 40
#define HEIGHT 18
#define THICKNESS 8.0

struct _FlPredictionBar
{
  GtkWidget parent_instance;

  double before;
  double now;
  gboolean paired;
};

G_DEFINE_FINAL_TYPE (FlPredictionBar, fl_prediction_bar, GTK_TYPE_WIDGET)

static void
add_bar (GtkWidget *widget, GtkSnapshot *snapshot, double value, double top, const GdkRGBA *colour)
{
  double room = gtk_widget_get_width (widget);
  /* What is not nothing can be seen. */
  double width = value > 0.0 ? MAX (1.0, value * room) : 0.0;
  double x = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL ? room - width : 0.0;
  GskRoundedRect shape;

  gsk_rounded_rect_init_from_rect (
      &shape, &GRAPHENE_RECT_INIT ((float) x, (float) top, (float) width, (float) THICKNESS),
      (float) MIN (2.0, width / 2.0));
  gtk_snapshot_push_rounded_clip (snapshot, &shape);
  gtk_snapshot_append_color (snapshot, colour, &shape.bounds);
  gtk_snapshot_pop (snapshot);
}

static void
fl_prediction_bar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FlPredictionBar *self = FL_PREDICTION_BAR (widget);
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  double middle = floor (gtk_widget_get_height (widget) / 2.0);
  GdkRGBA foreground, accent;

  gtk_style_context_get_color (context, &foreground);
  if (!gtk_style_context_lookup_color (context, "accent_bg_color", &accent))
    accent = foreground;
  foreground.alpha *= 0.3f;
  if (self->paired)
    {
      add_bar (widget, snapshot, self->before, middle - THICKNESS, &foreground);
      add_bar (widget, snapshot, self->now, middle, &accent);
    }
  else
    add_bar (widget, snapshot, self->now, middle - THICKNESS / 2.0, &accent);
}

static void
fl_prediction_bar_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                           int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? LEAST_WIDTH : HEIGHT;
}

static void
fl_prediction_bar_class_init (FlPredictionBarClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  widget_class->snapshot = fl_prediction_bar_snapshot;
  widget_class->measure = fl_prediction_bar_measure;
  gtk_widget_class_set_css_name (widget_class, "predictionbar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_NONE);
}

static void
fl_prediction_bar_init (FlPredictionBar *self)
{
}

GtkWidget *
fl_prediction_bar_new (void)
{
  return g_object_new (FL_TYPE_PREDICTION_BAR, NULL);
}

void
fl_prediction_bar_set_values (FlPredictionBar *self, double before, double now, gboolean paired)
{
  g_return_if_fail (FL_IS_PREDICTION_BAR (self));

  self->before = CLAMP (before, 0.0, 1.0);
  self->now = CLAMP (now, 0.0, 1.0);
  self->paired = paired;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
