#include "tests/support/network-script.h"

#include <string.h>

#include "engine/core/random.h"
#include "tests/support/naive-operators.h"

static void
operator_free (gpointer data)
{
  FlScriptOperator *op = data;

  g_free (op->type);
  g_array_unref (op->inputs);
  g_array_unref (op->outputs);
  g_variant_dict_unref (op->attributes);
  g_free (op);
}

static void
array_free (gpointer array)
{
  fl_naive_array_free (array);
}

void
fl_network_script_free (FlNetworkScript *script)
{
  g_ptr_array_unref (script->names);
  g_ptr_array_unref (script->tensors);
  g_ptr_array_unref (script->operators);
  g_free (script);
}

/* ---- reading ---- */

static int
find_value (const FlNetworkScript *script, const char *name)
{
  for (guint i = 0; i < script->names->len; i++)
    if (strcmp (script->names->pdata[i], name) == 0)
      return (int) i;
  return -1;
}

static int
add_value (FlNetworkScript *script, const char *name, FlNaiveArray *tensor)
{
  g_assert_cmpint (find_value (script, name), ==, -1);
  g_ptr_array_add (script->names, g_strdup (name));
  g_ptr_array_add (script->tensors, tensor);
  return (int) script->names->len - 1;
}

/* The centres of as many cells as there are elements, in random order and somewhat off centre. */
static void
fill_by_chance (FlNaiveArray *array, const char *range, guint seed)
{
  g_autoptr (FlRandom) random = fl_random_new (seed);
  g_autofree guint *order = g_new (guint, array->count);
  double low = -2, high = 2;

  if (strcmp (range, "positive") == 0)
    {
      low = 0.5;
      high = 2.5;
    }
  else if (strcmp (range, "wide") == 0)
    {
      low = -6;
      high = 6;
    }
  else
    g_assert_cmpstr (range, ==, "");
  fl_random_choose (random, (guint) array->count, (guint) array->count, order);
  for (gint64 i = 0; i < array->count; i++)
    {
      double place
          = (order[i] + 0.5 + 0.1234 * (fl_random_uniform (random) - 0.4)) / (double) array->count;

      array->data[i] = (float) (low + (high - low) * place);
    }
}

static FlNaiveArray *
read_tensor (const char *text, guint seed)
{
  g_auto (GStrv) parts = g_strsplit (text, "~", 2);
  g_auto (GStrv) sizes = g_strsplit (parts[0], "x", -1);
  gint64 size[FL_NAIVE_MAX_RANK];
  int rank = 0;
  FlNaiveArray *array = NULL;

  if (strcmp (parts[0], "scalar") != 0)
    for (; sizes[rank] != NULL; rank++)
      size[rank] = g_ascii_strtoll (sizes[rank], NULL, 10);
  array = fl_naive_array_new (rank, size);
  fill_by_chance (array, parts[1] != NULL ? parts[1] : "", seed);
  return array;
}

static int
read_argument (FlNetworkScript *script, const char *text)
{
  const char *colon = strchr (text, ':');
  const char *equals = strchr (text, '=');

  if (strcmp (text, "-") == 0)
    return -1;
  if (colon != NULL)
    {
      g_autofree char *name = g_strndup (text, (gsize) (colon - text));
      int value = add_value (script, name, read_tensor (colon + 1, script->names->len + 1));

      if (strcmp (name, "x") == 0)
        script->input = value;
      return value;
    }
  if (equals != NULL)
    {
      g_autofree char *name = g_strndup (text, (gsize) (equals - text));
      FlNaiveArray *scalar = fl_naive_array_new (0, NULL);

      scalar->data[0] = (float) g_ascii_strtod (equals + 1, NULL);
      return add_value (script, name, scalar);
    }
  if (find_value (script, text) < 0)
    g_error ("script: no value '%s'", text);
  return find_value (script, text);
}

static void
read_attribute (GVariantDict *attributes, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "=", 2);
  const char *value = parts[1];

  g_assert_nonnull (value);
  if (value[0] == '[')
    {
      g_autofree char *inside = g_strndup (value + 1, strcspn (value + 1, "]"));
      g_auto (GStrv) numbers = g_strsplit (inside, ",", -1);
      GVariantBuilder list;

      g_variant_builder_init (&list, G_VARIANT_TYPE ("ax"));
      for (char **number = numbers; *number != NULL; number++)
        g_variant_builder_add (&list, "x", g_ascii_strtoll (*number, NULL, 10));
      g_variant_dict_insert_value (attributes, parts[0], g_variant_builder_end (&list));
    }
  else if (g_ascii_isalpha (value[0]))
    g_variant_dict_insert (attributes, parts[0], "s", value);
  else if (strchr (value, '.') != NULL)
    g_variant_dict_insert (attributes, parts[0], "d", g_ascii_strtod (value, NULL));
  else
    g_variant_dict_insert (attributes, parts[0], "x", g_ascii_strtoll (value, NULL, 10));
}

/* "a, b = Type(c, d:1x2) key=value", the outputs optional. */
static void
read_operator (FlNetworkScript *script, const char *text)
{
  FlScriptOperator *op = g_new0 (FlScriptOperator, 1);
  const char *open = strchr (text, '(');
  const char *close = strchr (text, ')');
  const char *head_end = open;
  const char *equals = memchr (text, '=', (gsize) (open - text));
  g_autofree char *type = NULL;
  g_autofree char *inside = NULL;
  g_auto (GStrv) arguments = NULL;
  g_auto (GStrv) attributes = NULL;

  g_assert (open != NULL && close != NULL);
  op->inputs = g_array_new (FALSE, FALSE, sizeof (int));
  op->outputs = g_array_new (FALSE, FALSE, sizeof (int));
  op->attributes = g_variant_dict_new (NULL);
  type = g_strndup (equals != NULL ? equals + 1 : text,
                    (gsize) (head_end - (equals != NULL ? equals + 1 : text)));
  op->type = g_strdup (g_strstrip (type));
  inside = g_strndup (open + 1, (gsize) (close - open - 1));
  arguments = g_strsplit (inside, ",", -1);
  for (char **argument = arguments; *argument != NULL; argument++)
    {
      int value = read_argument (script, g_strstrip (*argument));

      g_array_append_val (op->inputs, value);
    }
  attributes = g_strsplit (close + 1, " ", -1);
  for (char **attribute = attributes; *attribute != NULL; attribute++)
    if ((*attribute)[0] != '\0')
      read_attribute (op->attributes, *attribute);
  if (equals != NULL)
    {
      g_autofree char *list = g_strndup (text, (gsize) (equals - text));
      g_auto (GStrv) outputs = g_strsplit (list, ",", -1);

      for (char **output = outputs; *output != NULL; output++)
        {
          int value = add_value (script, g_strstrip (*output), NULL);

          g_array_append_val (op->outputs, value);
        }
    }
  else
    {
      g_autofree char *name = g_strdup_printf ("value %u", script->names->len);
      int value = add_value (script, name, NULL);

      g_array_append_val (op->outputs, value);
    }
  g_ptr_array_add (script->operators, op);
}

FlNetworkScript *
fl_network_script_new (const char *text)
{
  FlNetworkScript *script = g_new0 (FlNetworkScript, 1);
  g_auto (GStrv) operators = g_strsplit (text, ";", -1);

  script->names = g_ptr_array_new_with_free_func (g_free);
  script->tensors = g_ptr_array_new_with_free_func (array_free);
  script->operators = g_ptr_array_new_with_free_func (operator_free);
  script->input = -1;
  for (char **line = operators; *line != NULL; line++)
    read_operator (script, g_strstrip (*line));
  g_assert_cmpint (script->input, >=, 0);
  return script;
}

/* ---- both ways of computing ---- */

FlTensor *
fl_network_script_tensor (const FlNaiveArray *array)
{
  FlTensor *tensor = fl_tensor_new (array->rank, array->size);
  float *data = fl_tensor_data_writable (tensor);

  for (gint64 i = 0; i < array->count; i++)
    data[i] = (float) array->data[i];
  return tensor;
}

static gboolean
build_operator (const FlNetworkScript *script, FlGraphBuilder *builder, const FlScriptOperator *op,
                int *values, GError **error)
{
  g_autofree int *inputs = g_new (int, op->inputs->len);
  g_autofree int *outputs = g_new (int, op->outputs->len);
  g_autofree const char **names = g_new (const char *, op->outputs->len);

  for (guint i = 0; i < op->inputs->len; i++)
    {
      int value = g_array_index (op->inputs, int, i);

      inputs[i] = value < 0 ? -1 : values[value];
    }
  for (guint i = 0; i < op->outputs->len; i++)
    names[i] = script->names->pdata[g_array_index (op->outputs, int, i)];
  if (!fl_graph_builder_add_operator (builder, op->type, "node", (int) op->inputs->len, inputs,
                                      (int) op->outputs->len, names, outputs, op->attributes,
                                      error))
    return FALSE;
  for (guint i = 0; i < op->outputs->len; i++)
    values[g_array_index (op->outputs, int, i)] = outputs[i];
  return TRUE;
}

FlGraph *
fl_network_script_build (const FlNetworkScript *script, GError **error)
{
  g_autoptr (FlGraphBuilder) builder = fl_graph_builder_new ("script");
  g_autofree int *values = g_new (int, script->names->len);

  for (guint i = 0; i < script->names->len; i++)
    {
      const FlNaiveArray *array = script->tensors->pdata[i];

      values[i] = -1;
      if ((int) i == script->input)
        values[i] = fl_graph_builder_add_input (builder, "x", array->rank, array->size);
      else if (array != NULL)
        {
          g_autoptr (FlTensor) tensor = fl_network_script_tensor (array);

          values[i] = fl_graph_builder_add_constant (builder, script->names->pdata[i], tensor);
        }
    }
  for (guint i = 0; i < script->operators->len; i++)
    if (!build_operator (script, builder, script->operators->pdata[i], values, error))
      return NULL;
  return fl_graph_builder_finish (builder, values[script->names->len - 1], error);
}

FlNaiveArray *
fl_network_script_compute (const FlNetworkScript *script)
{
  g_autofree FlNaiveArray **values = g_new0 (FlNaiveArray *, script->names->len);
  FlNaiveArray *result = NULL;

  for (guint i = 0; i < script->names->len; i++)
    values[i] = script->tensors->pdata[i];
  for (guint i = 0; i < script->operators->len; i++)
    {
      const FlScriptOperator *op = script->operators->pdata[i];
      g_autofree FlNaiveArray **inputs = g_new0 (FlNaiveArray *, op->inputs->len);
      g_autofree FlNaiveArray **outputs = g_new0 (FlNaiveArray *, op->outputs->len);
      FlNaiveCall call = { op->type, op->attributes,         (int) op->inputs->len,
                           inputs,   (int) op->outputs->len, outputs };

      for (guint j = 0; j < op->inputs->len; j++)
        {
          int value = g_array_index (op->inputs, int, j);

          inputs[j] = value < 0 ? NULL : values[value];
        }
      fl_naive_compute (&call);
      for (guint j = 0; j < op->outputs->len; j++)
        values[g_array_index (op->outputs, int, j)] = outputs[j];
    }
  result = values[script->names->len - 1];
  for (guint i = 0; i + 1 < script->names->len; i++)
    if (script->tensors->pdata[i] == NULL)
      fl_naive_array_free (values[i]);
  return result;
}
