#include "ui/prediction-list.h"

#include "ui/prediction-bar.h"

#include <math.h>

#define N_TOP 5
/* The top of before, the top of now and the true label. */
#define N_ROWS (N_TOP + 2)
/* Changes below this are shown as none: they would be rounded to 0.000. */
#define LEAST_CHANGE 5e-4

typedef struct
{
  GtkWidget *heading; /* holds the name and the badge */
  GtkWidget *name;
  GtkWidget *badge;
  GtkWidget *bar;
  GtkWidget *before;
  GtkWidget *now;
  GtkWidget *change;
} Row;

struct _FlPredictionList
{
  GtkWidget parent_instance;

  GtkWidget *grid;
  GtkWidget *before_title;
  GtkWidget *now_title;
  GtkWidget *change_title;
  Row rows[N_ROWS];
};

G_DEFINE_FINAL_TYPE (FlPredictionList, fl_prediction_list, GTK_TYPE_WIDGET)

static void
fl_prediction_list_dispose (GObject *object)
{
  g_clear_pointer (&FL_PREDICTION_LIST (object)->grid, gtk_widget_unparent);
  G_OBJECT_CLASS (fl_prediction_list_parent_class)->dispose (object);
}

static void
fl_prediction_list_class_init (FlPredictionListClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fl_prediction_list_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "predictionlist");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static GtkWidget *
add_number (FlPredictionList *self, int column, int row, const char *class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 1.0f);
  gtk_widget_add_css_class (label, "numeric");
  gtk_widget_add_css_class (label, class);
  gtk_grid_attach (GTK_GRID (self->grid), label, column, row, 1, 1);
  return label;
}

static GtkWidget *
add_title (FlPredictionList *self, int column, const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 1.0f);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_grid_attach (GTK_GRID (self->grid), label, column, 0, 1, 1);
  return label;
}

static void
add_row (FlPredictionList *self, Row *row, int place)
{
  row->heading = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  row->name = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (row->name), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (row->name), 7);
  gtk_label_set_max_width_chars (GTK_LABEL (row->name), 18);
  gtk_label_set_xalign (GTK_LABEL (row->name), 0.0f);
  row->badge = gtk_label_new (NULL);
  gtk_widget_add_css_class (row->badge, "true-label");
  gtk_widget_add_css_class (row->badge, "caption");
  gtk_widget_set_valign (row->badge, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (row->heading), row->name);
  gtk_box_append (GTK_BOX (row->heading), row->badge);
  gtk_grid_attach (GTK_GRID (self->grid), row->heading, 0, place, 1, 1);

  row->bar = fl_prediction_bar_new ();
  gtk_widget_set_hexpand (row->bar, TRUE);
  gtk_widget_set_valign (row->bar, GTK_ALIGN_CENTER);
  gtk_grid_attach (GTK_GRID (self->grid), row->bar, 1, place, 1, 1);
  row->before = add_number (self, 2, place, "dim-label");
  row->now = add_number (self, 3, place, "now");
  row->change = add_number (self, 4, place, "change");
}

static void
fl_prediction_list_init (FlPredictionList *self)
{
  self->grid = gtk_grid_new ();
  gtk_grid_set_column_spacing (GTK_GRID (self->grid), 8);
  gtk_grid_set_row_spacing (GTK_GRID (self->grid), 3);
  gtk_widget_set_parent (self->grid, GTK_WIDGET (self));
  self->before_title = add_title (self, 2, "before");
  self->now_title = add_title (self, 3, "now");
  self->change_title = add_title (self, 4, "change");
  for (int r = 0; r < N_ROWS; r++)
    add_row (self, &self->rows[r], r + 1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  "Predictions", -1);
  fl_prediction_list_set_data (self, NULL, NULL, NULL, -1, "");
}

GtkWidget *
fl_prediction_list_new (void)
{
  return g_object_new (FL_TYPE_PREDICTION_LIST, NULL);
}

char *
fl_class_name (const char *const *class_names, int index)
{
  for (int i = 0; class_names != NULL && class_names[i] != NULL && i <= index; i++)
    if (i == index)
      return g_strdup (class_names[i]);
  return g_strdup_printf ("class %d", index);
}

/* The classes that are shown, in the order of before. */
static int
choose (const FlPrediction *before, const FlPrediction *now, int true_label, int *chosen)
{
  int n = 0;

  for (int r = 0; r < before->n_classes && n < N_ROWS; r++)
    {
      int class = before->order[r];

      if (r < N_TOP || class == true_label || class == now->order[0])
        chosen[n++] = class;
    }
  return n;
}

static void
set_change (GtkWidget *label, double change)
{
  g_autofree char *text
      = fabs (change) < LEAST_CHANGE
            ? g_strdup ("0")
            : g_strdup_printf ("%s%.3f", change > 0.0 ? "+" : "\u2212", fabs (change));

  gtk_label_set_text (GTK_LABEL (label), text);
  gtk_widget_remove_css_class (label, "rise");
  gtk_widget_remove_css_class (label, "fall");
  if (change >= LEAST_CHANGE)
    gtk_widget_add_css_class (label, "rise");
  else if (change <= -LEAST_CHANGE)
    gtk_widget_add_css_class (label, "fall");
}

static void
set_probability (GtkWidget *label, double value)
{
  g_autofree char *text = g_strdup_printf ("%.3f", value);

  gtk_label_set_text (GTK_LABEL (label), text);
}

static void
show_row (Row *row, gboolean visible, gboolean paired)
{
  gtk_widget_set_visible (row->heading, visible);
  gtk_widget_set_visible (row->bar, visible);
  gtk_widget_set_visible (row->before, visible && paired);
  gtk_widget_set_visible (row->now, visible);
  gtk_widget_set_visible (row->change, visible && paired);
}

void
fl_prediction_list_set_data (FlPredictionList *self, FlPrediction *before, FlPrediction *now,
                             const char *const *class_names, int true_label, const char *true_word)
{
  int chosen[N_ROWS];
  gboolean paired = now != NULL;
  int n = 0;

  g_return_if_fail (FL_IS_PREDICTION_LIST (self));
  g_return_if_fail (before == NULL || now == NULL || before->n_classes == now->n_classes);

  if (now == NULL)
    now = before;
  if (before != NULL)
    n = choose (before, now, true_label, chosen);
  gtk_widget_set_visible (self->before_title, n > 0 && paired);
  gtk_widget_set_visible (self->now_title, n > 0 && paired);
  gtk_widget_set_visible (self->change_title, n > 0 && paired);
  for (int r = 0; r < N_ROWS; r++)
    {
      Row *row = &self->rows[r];

      show_row (row, r < n, paired);
      if (r >= n)
        continue;

      double p_before = before->probabilities[chosen[r]];
      double p_now = now->probabilities[chosen[r]];
      g_autofree char *name = fl_class_name (class_names, chosen[r]);

      gtk_label_set_text (GTK_LABEL (row->name), name);
      gtk_widget_set_tooltip_text (row->heading, name);
      gtk_widget_set_visible (row->badge, chosen[r] == true_label);
      gtk_label_set_text (GTK_LABEL (row->badge), true_word);
      fl_prediction_bar_set_values (FL_PREDICTION_BAR (row->bar), p_before, p_now, paired);
      set_probability (row->before, p_before);
      set_probability (row->now, p_now);
      set_change (row->change, p_now - p_before);
      if (chosen[r] == now->order[0])
        gtk_widget_add_css_class (row->heading, "winner");
      else
        gtk_widget_remove_css_class (row->heading, "winner");
    }
}
