#include <string.h>

#include "engine/graph/operator-families.h"

/* Every family of operators: one line here makes a new one known. */
static const FlOperatorRecord *(*const families[]) (int *n) = {
  fl_convolution_records,   fl_product_records, fl_activation_records, fl_arithmetic_records,
  fl_normalization_records, fl_pooling_records, fl_reduction_records,  fl_softmax_records,
  fl_reshape_records,       fl_slicing_records, fl_padding_records,
};

const FlOperatorRecord *
fl_operator_record_find (const char *type)
{
  for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
    {
      int n = 0;
      const FlOperatorRecord *records = families[i](&n);

      for (int j = 0; j < n; j++)
        if (strcmp (records[j].type, type) == 0)
          return &records[j];
    }
  return NULL;
}
