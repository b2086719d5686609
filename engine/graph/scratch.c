#include "engine/graph/scratch.h"

#include <stdlib.h>

#define ALIGNMENT 64

typedef struct
{
  void *data; /* owned */
  gsize size;
} Block;

struct _FlScratch
{
  GArray *blocks; /* owned, of Block, in the order in which they are asked for */
  guint used;
};

static void
block_clear (gpointer data)
{
  Block *block = data;

  free (block->data);
}

FlScratch *
fl_scratch_new (void)
{
  FlScratch *scratch = g_new0 (FlScratch, 1);

  scratch->blocks = g_array_new (FALSE, TRUE, sizeof (Block));
  g_array_set_clear_func (scratch->blocks, block_clear);
  return scratch;
}

void
fl_scratch_free (FlScratch *scratch)
{
  g_array_unref (scratch->blocks);
  g_free (scratch);
}

void
fl_scratch_reset (FlScratch *scratch)
{
  scratch->used = 0;
}

static void *
scratch_take (FlScratch *scratch, gsize size)
{
  Block *block = NULL;

  size = (MAX (size, 1) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  if (scratch->used == scratch->blocks->len)
    g_array_set_size (scratch->blocks, scratch->used + 1);
  block = &g_array_index (scratch->blocks, Block, scratch->used++);
  if (block->size < size)
    {
      free (block->data);
      block->data = aligned_alloc (ALIGNMENT, size);
      if (block->data == NULL)
        g_error ("out of memory: %" G_GSIZE_FORMAT " bytes of working memory", size);
      block->size = size;
    }
  return block->data;
}

float *
fl_scratch_floats (FlScratch *scratch, gsize n)
{
  return scratch_take (scratch, n * sizeof (float));
}

double *
fl_scratch_doubles (FlScratch *scratch, gsize n)
{
  return scratch_take (scratch, n * sizeof (double));
}
